import { readdir, realpath } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join } from "node:path";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { run } from "@catapullt/core/process/run";
import type { DatabaseContext } from "../engine.ts";
import { parseToolVersion, type Release } from "./release.ts";

export type ToolName = "psql" | "pg_dump" | "pg_restore";

export interface Tool {
  path: string;
  release: Release;
  /** Base name and version, such as `pg_dump 15.18`. */
  title: string;
}

/** Directories that hold one directory for each installed release, and what its programs lie in. */
const installations = [
  { directory: "/usr/lib/postgresql", entry: /^\d/ }, // Debian, Ubuntu
  { directory: "/usr", entry: /^pgsql-\d/ }, // packages of postgresql.org for Red Hat and its kin
] as const;

/**
 * The newest installed program of this name, on `PATH` or among the releases that packages keep beside each other; of
 * equal ones that on `PATH`. Throws `tool-missing` where there is none, or none from `oldest` on.
 */
export async function findTool(name: ToolName, oldest: Release, context: DatabaseContext): Promise<Tool> {
  const tools: Tool[] = [];
  for (const path of await candidates(name, context.environment.PATH ?? "")) {
    const tool = await examine(name, path, context);
    if (tool !== undefined) tools.push(tool);
  }
  return chooseTool(tools, { name, oldest });
}

/** The tools that dump a server of this release and read the dump: one that is older than what wrote it cannot. */
export async function findDumpTools(
  { release }: { release: Release },
  context: DatabaseContext,
): Promise<{ dump: Tool; restore: Tool }> {
  const dump = await findTool("pg_dump", release, context);
  return { dump, restore: await findTool("pg_restore", dump.release, context) };
}

/** The pure part of `findTool`: which of the programs that were found. */
export function chooseTool(tools: readonly Tool[], { name, oldest }: { name: ToolName; oldest: Release }): Tool {
  const [first, ...others] = tools;
  const hint = `run: apt-get install ${oldest === 0 ? "postgresql-client" : `postgresql-client-${oldest}`}`;
  if (first === undefined) throw new OperationError("tool-missing", `${name} is not installed`, { hint });
  const newest = others.reduce((best, tool) => (tool.release > best.release ? tool : best), first);
  if (newest.release >= oldest) return newest;
  throw new OperationError(
    "tool-missing",
    `${newest.path} is too old: ${newest.title} cannot serve release ${oldest} of PostgreSQL`,
    { hint: `${hint} (where the system has no such package: from apt.postgresql.org)` },
  );
}

async function candidates(name: ToolName, searchPath: string): Promise<string[]> {
  const directories = [...searchPath.split(delimiter).filter(isAbsolute), ...(await installedReleases())];
  const found = new Map<string, string>();
  for (const directory of directories) {
    const path = await findExecutable([name], directory);
    if (path === undefined) continue;
    const target = await realpath(path);
    // Debian's wrapper picks a release by rules and files of its own; the programs behind it are found without it.
    if (basename(target) !== "pg_wrapper" && !found.has(target)) found.set(target, path);
  }
  return [...found.values()];
}

async function installedReleases(): Promise<string[]> {
  const directories: string[] = [];
  for (const { directory, entry } of installations) {
    const names = await listIfThere(directory);
    directories.push(...names.filter((name) => entry.test(name)).map((name) => join(directory, name, "bin")));
  }
  return directories;
}

async function listIfThere(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function examine(name: ToolName, path: string, context: DatabaseContext): Promise<Tool | undefined> {
  const { output } = await run(path, ["--version"], {
    environment: toolEnvironment(context.environment),
    signal: context.signal,
    timeout: 30_000,
  });
  context.signal.throwIfAborted();
  const version = parseToolVersion(output.toString());
  return version === undefined ? undefined : { path, release: version.release, title: `${name} ${version.text}` };
}

/**
 * The environment without what would change where the tools connect, and as whom; their messages in English, since they
 * are understood by their text.
 */
export function toolEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(PG|LANGUAGE$|LC_)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}
