import { readdir, realpath } from "node:fs/promises";
import { basename, delimiter, isAbsolute, join } from "node:path";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { missingToolHint } from "../container/failures.ts";
import { findInContainer } from "../container/find-programs.ts";
import type { ContainerAddress, DatabaseContext } from "../engine.ts";
import {
  adaptEnvironment,
  askForVersion,
  type DatabaseProgram,
  type FoundProgram,
  type ToolEnvironment,
} from "../program.ts";
import { parseToolVersion, type Release } from "./release.ts";

export type ToolName = "psql" | "pg_dump" | "pg_restore" | "postgres";

export interface Tool extends DatabaseProgram {
  release: Release;
  /** Base name and version, such as `pg_dump 15.18`. */
  title: string;
}

// Messages in English, since they are understood by their text.
const environment: ToolEnvironment = { without: ["PG", "LANGUAGE", "LC_"], set: { LC_ALL: "C" } };

/** Directories that hold one directory for each installed release, and what its programs lie in. */
const installations = [
  { directory: "/usr/lib/postgresql", entry: /^\d/, pattern: "[0-9]*" }, // Debian, Ubuntu
  { directory: "/usr", entry: /^pgsql-\d/, pattern: "pgsql-[0-9]*" }, // packages of postgresql.org for Red Hat and its kin
] as const;

/**
 * The installed program of this name that is nearest to the release `oldest` from it on, or with 0 the newest; on `PATH` or among
 * the releases that packages keep beside each other, of equal ones that on `PATH`. Throws `tool-missing` where there is none.
 */
export async function findTool(name: ToolName, oldest: Release, context: DatabaseContext): Promise<Tool> {
  const { container } = context;
  const found = container === undefined ? onThisHost(name, context) : await insideContainer(name, container, context);
  const tools: Tool[] = [];
  for await (const program of found) {
    const tool = examine(program);
    if (tool !== undefined) tools.push(tool);
  }
  return chooseTool(tools, { name, oldest, container });
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
export function chooseTool<T extends Pick<Tool, "path" | "release" | "title">>(
  tools: readonly T[],
  { name, oldest, container }: { name: ToolName; oldest: Release; container?: ContainerAddress | undefined },
): T {
  const suitable = tools.filter(({ release }) => release >= oldest);
  const best = oldest === 0 ? latest(suitable) : earliest(suitable);
  if (best !== undefined) return best;
  const newest = latest(tools);
  const place = container === undefined ? "" : ` in container ${container.name}`;
  throw new OperationError(
    "tool-missing",
    newest === undefined
      ? `${name} is not installed${place}`
      : `${newest.path}${place} is too old: ${newest.title} cannot serve release ${oldest} of PostgreSQL`,
    { hint: container === undefined ? installHint(oldest, newest !== undefined) : missingToolHint },
  );
}

type Released = Pick<Tool, "release">;

function latest<T extends Released>(tools: readonly T[]): T | undefined {
  return tools.reduce<T | undefined>((best, tool) => (best && best.release >= tool.release ? best : tool), undefined);
}

function earliest<T extends Released>(tools: readonly T[]): T | undefined {
  return tools.reduce<T | undefined>((best, tool) => (best && best.release <= tool.release ? best : tool), undefined);
}

function installHint(oldest: Release, isAnyInstalled: boolean): string {
  const hint = `run: apt-get install ${oldest === 0 ? "postgresql-client" : `postgresql-client-${oldest}`}`;
  return isAnyInstalled ? `${hint} (where the system has no such package: from apt.postgresql.org)` : hint;
}

async function* onThisHost(name: ToolName, context: DatabaseContext): AsyncGenerator<FoundProgram> {
  const { signal } = context;
  for (const path of await candidates(name, context.environment.PATH ?? ""))
    yield askForVersion(name, path, { environment: toolEnvironment(context.environment), signal });
}

async function insideContainer(
  name: ToolName,
  container: ContainerAddress,
  context: DatabaseContext,
): Promise<FoundProgram[]> {
  const directories = installations.map(({ directory, pattern }) => `${directory}/${pattern}/bin`);
  const found = await findInContainer(container, { names: [name], directories, environment }, context);
  return found.filter(({ target }) => !isWrapper(target));
}

async function candidates(name: ToolName, searchPath: string): Promise<string[]> {
  const directories = [...searchPath.split(delimiter).filter(isAbsolute), ...(await installedReleases())];
  const found = new Map<string, string>();
  for (const directory of directories) {
    const path = await findExecutable([name], directory);
    if (path === undefined) continue;
    const target = await realpath(path);
    if (!isWrapper(target) && !found.has(target)) found.set(target, path);
  }
  return [...found.values()];
}

// Debian's picks a release by rules and files of its own; the programs behind it are found without it.
function isWrapper(target: string): boolean {
  return basename(target) === "pg_wrapper";
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

function examine({ name, answer, ...program }: FoundProgram): Tool | undefined {
  const version = parseToolVersion(answer);
  return version === undefined ? undefined : { ...program, release: version.release, title: `${name} ${version.text}` };
}

/** The environment without what would change where the tools connect, and as whom; their messages in English. */
export function toolEnvironment(all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return adaptEnvironment(all, environment);
}
