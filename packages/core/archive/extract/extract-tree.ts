import { once } from "node:events";
import { OperationError } from "../../errors.ts";
import { findExecutable } from "../../process/find-executable.ts";
import { describeOutcome, run } from "../../process/run.ts";
import { type ProcessOutcome, start } from "../../process/start.ts";
import type { ByteString } from "../tar/byte-string.ts";
import { encodeTarHeader, endOfArchive, paddingSize } from "../tar/tar-header.ts";
import type { ArchiveMember } from "../tar/tar-members.ts";
import { createHoleDigger } from "./holes.ts";
import { createMemberGuard, type ExtractionLimits } from "./member-guard.ts";

export interface TreeExtractorOptions {
  /** An existing directory that nobody else writes into. */
  directory: string;
  /** Members stand below this one in the archive, such as `files`. */
  prefix: string;
  limits: ExtractionLimits;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Directories that are in `directory` already, relative to it. */
  existingDirectories?: readonly ByteString[];
}

export interface TreeExtractor {
  /** Writes one member. Throws `archive-unsafe` before anything of it is written. */
  add(member: ArchiveMember, content: AsyncIterable<Buffer>): Promise<void>;
  /** Waits until everything is written, with its owners, modes and times. Throws `restore-failed`. */
  finish(): Promise<void>;
  /** Ends what still runs; what was written stays. Idempotent. */
  abort(): Promise<void>;
}

/** GNU tar, which sets times to the nanosecond: Node can't. Throws `tool-missing`. */
export async function findTar(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const tried: string[] = [];
  for (const name of ["tar", "gtar"]) {
    const path = await findExecutable([name], environment.PATH ?? "");
    if (path === undefined) continue;
    const { output } = await run(path, ["--version"], { environment, signal, timeout: 30_000 });
    signal.throwIfAborted();
    if (output.toString("utf8").includes("GNU tar")) return path;
    tried.push(path);
  }
  throw new OperationError(
    "tool-missing",
    tried.length === 0 ? "GNU tar is not installed" : `${tried.join(" and ")} is not GNU tar`,
    { hint: "run: apt-get install tar (apk add tar on Alpine), or put it on PATH" },
  );
}

/**
 * Writes members of an archive below a directory. Every member is judged first and gets a header of our own making, with
 * numbers for owners and a name relative to the directory; GNU tar only carries it out. As root files get their owners.
 */
export async function createTreeExtractor(options: TreeExtractorOptions): Promise<TreeExtractor> {
  const { directory, prefix, limits, environment, signal, existingDirectories = [] } = options;
  const keepsOwners = process.getuid?.() === 0;
  const guard = createMemberGuard({ prefix, limits, keepsOwners, existingDirectories });
  const holes = createHoleDigger({ directory, environment, signal });
  const end = new AbortController();
  const tar = await findTar(environment, signal);
  const child = start(
    tar,
    [
      "--extract",
      "--file=-",
      `--directory=${directory}`,
      "--preserve-permissions",
      "--numeric-owner",
      keepsOwners ? "--same-owner" : "--no-same-owner",
      "--delay-directory-restore",
      "--keep-old-files", // a member that is there twice is an error
    ],
    {
      environment: withoutTarOptions(environment),
      standardInput: "pipe",
      signal: AbortSignal.any([signal, end.signal]),
    },
  );
  child.output.resume();
  const { input } = child;
  if (input === undefined) throw new Error("unreachable: standard input is a pipe");
  let outcome: ProcessOutcome | undefined;
  const ended = child.outcome.then((value) => {
    outcome = value;
  });

  async function write(bytes: Uint8Array): Promise<void> {
    if (outcome !== undefined || input === undefined) throw failure();
    if (input.write(bytes)) return;
    const drained = once(input, "drain").catch(() => {}); // a closed input shows in the outcome
    await Promise.race([drained, ended]);
    if (outcome !== undefined) throw failure();
  }

  function failure(): unknown {
    if (signal.aborted) return signal.reason;
    return new OperationError("restore-failed", `files could not be written below ${directory}: ${describe(outcome)}`, {
      hint: isFull(outcome) ? "make room there, and restore again" : undefined,
    });
  }

  return {
    async add(member, content) {
      const entry = guard.admit(member);
      await write(encodeTarHeader(entry));
      for await (const piece of holes.watch(entry.name, content)) await write(piece);
      const padding = paddingSize(entry.size);
      if (padding > 0) await write(Buffer.alloc(padding));
    },
    async finish() {
      await write(endOfArchive);
      input.end();
      await ended;
      if (outcome?.exitCode !== 0) throw failure();
      await holes.dig();
    },
    async abort() {
      end.abort();
      await ended;
    },
  };
}

function describe(outcome: ProcessOutcome | undefined): string {
  if (outcome === undefined) return "tar does not take them";
  const lines = outcome.errorOutput
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/Exiting with failure status|not recoverable/.test(line));
  const said = lines.slice(0, 5).join("; ");
  return said === "" ? `tar: ${describeOutcome(outcome)}` : `${said} (tar: ${describeOutcome(outcome)})`;
}

function isFull(outcome: ProcessOutcome | undefined): boolean {
  return /No space left|Disk quota exceeded/i.test(outcome?.errorOutput ?? "");
}

function withoutTarOptions(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TAR_OPTIONS, TAPE, POSIXLY_CORRECT, ...rest } = environment;
  return { ...rest, LC_ALL: "C" };
}
