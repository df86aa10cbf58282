import { constants } from "node:fs";
import { access, readdir, readFile, realpath, stat } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { type FinishedProcess, run } from "@catapullt/core/process/run";

export type FileKind = "file" | "directory" | "other";

/**
 * The host as application types see it: every path that they use is absolute and is taken below `root`, so that a type
 * works the same on the live system, on a mounted disk and on a test's directory. Missing files are `undefined`; what
 * exists but cannot be read throws `application-unreadable`.
 */
export interface Host {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** The path as this process opens it. */
  locate(path: string): string;
  /** What a path is, links followed. */
  kind(path: string): Promise<FileKind | undefined>;
  /** UTF-8 without a byte order mark. */
  readText(path: string): Promise<string | undefined>;
  /** Names in a directory, sorted. */
  list(directory: string): Promise<string[] | undefined>;
  /** The path with all links followed. */
  realPath(path: string): Promise<string | undefined>;
  /** Where an executable is: `names` that are paths are checked, the others are looked for in the environment's PATH. */
  findProgram(names: readonly string[]): Promise<string | undefined>;
  /** The command lines of this host's processes, as far as they can be seen. */
  processes(): Promise<string[][]>;
  /** Runs a program of this host for a short answer. */
  run(command: string, args: readonly string[]): Promise<FinishedProcess>;
}

export interface HostOptions {
  root?: string | undefined;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  log: Logger;
}

const absent = ["ENOENT", "ENOTDIR"] as const;
const answerTimeout = 30_000;

/** The file system below `root` (default `/`). */
export function createHost({ root = "/", environment, signal, log }: HostOptions): Host {
  const locate = (path: string) => (root === "/" ? path : join(root, path));
  const unlocate = (path: string) => (root === "/" ? path : join("/", relative(root, path)));

  async function attempt<T>(path: string, action: (located: string) => Promise<T>): Promise<T | undefined> {
    try {
      return await action(locate(path));
    } catch (error) {
      if (hasErrorCode(error, ...absent)) return undefined;
      throw unreadable(path, error);
    }
  }

  const kind = (path: string) =>
    attempt(path, async (located): Promise<FileKind> => {
      const stats = await stat(located);
      if (stats.isFile()) return "file";
      return stats.isDirectory() ? "directory" : "other";
    });

  async function isExecutable(path: string): Promise<boolean> {
    try {
      await access(locate(path), constants.X_OK);
      return (await stat(locate(path))).isFile();
    } catch (error) {
      if (hasErrorCode(error, ...absent, "EACCES", "ELOOP")) return false;
      throw error;
    }
  }

  return {
    root,
    environment,
    signal,
    locate,
    kind,
    readText: (path) =>
      attempt(path, async (located) => (await readFile(located, { encoding: "utf8", signal })).replace(/^\uFEFF/, "")),
    list: (directory) => attempt(directory, async (located) => (await readdir(located)).sort()),
    realPath: (path) => attempt(path, async (located) => unlocate(await realpath(located))),
    async findProgram(names) {
      const directories = (environment.PATH ?? "").split(delimiter).filter((directory) => directory.startsWith("/"));
      for (const name of names) {
        const candidates = name.includes("/") ? [name] : directories.map((directory) => join(directory, name));
        for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
      }
      return undefined;
    },
    async processes() {
      const names = (await attempt("/proc", (located) => readdir(located))) ?? [];
      const lines = await Promise.all(
        names.filter((name) => /^\d+$/.test(name)).map((name) => readCommandLine(locate(`/proc/${name}/cmdline`))),
      );
      return lines.filter((words) => words.length > 0);
    },
    run(command, args) {
      log.debug(`running ${[command, ...args].join(" ")}`);
      return run(locate(command), args, { environment, signal, timeout: answerTimeout });
    },
  };
}

// Processes end while they are listed, and those of others may be hidden.
async function readCommandLine(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\0").slice(0, -1);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return [];
    throw error;
  }
}

function unreadable(path: string, cause: unknown): OperationError {
  const denied = hasErrorCode(cause, "EACCES", "EPERM");
  return new OperationError(
    "application-unreadable",
    `${path} cannot be read: ${denied ? "permission denied" : errorMessage(cause)}`,
    { hint: denied ? "run the agent as root, or as the user that the application runs as" : undefined, cause },
  );
}
