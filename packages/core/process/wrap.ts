import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Pipe } from "./named-pipe.ts";
import { trackProcessGroup } from "./process-group.ts";
import {
  readSupervisedEnd,
  type SupervisedEnd,
  supervisorArguments,
  supervisorEnvironment,
  supervisorProgram,
} from "./supervisor.ts";

export interface WrapOptions {
  environment: NodeJS.ProcessEnv;
  /**
   * What the command writes to: one pipe for standard output and error together, or one for each. Its ends belong to
   * the wrapped command from now on. None: sockets, where no pipe could be made.
   */
  pipes: readonly Pipe[];
  /** Where what is read from each pipe goes; without, the streams give it. */
  readers?: readonly PipeReader[] | undefined;
  /** A private directory in which a supervisor leaves how the command ended; none is put in between where it is undefined. */
  supervision?: string | undefined;
}

/** Takes what is read from a pipe into memory of its own, so that none is made for each piece. */
export interface PipeReader {
  /** Where the next piece is to be read into. */
  buffer: () => Uint8Array;
  /** Called with the number of bytes that were read, and where they are. */
  callback: (bytes: number, buffer: Uint8Array) => boolean;
}

/** Exit code or signal, or why a supervisor could not start the command. */
export type WrappedEnd = SupervisedEnd;

export interface WrappedCommand {
  /** Of the command, and of its process group. */
  processId: number;
  output: Readable;
  /** Undefined when `output` holds standard error too. */
  error: Readable | undefined;
  /** How the command itself ended; others may still hold its output open. Never rejects. */
  ended: Promise<WrappedEnd>;
}

type Spawned = ChildProcess & { pid: number };

/**
 * Starts a command for a wrapper: with the caller's own standard input, raw output, and a session of its own, so that
 * signals and time limits reach the whole group. Throws the system's error (`ENOENT`, `EACCES`, …) if it cannot be started, unless a supervisor is what finds that out.
 */
export async function wrap(
  command: string,
  args: readonly string[],
  { environment, pipes, readers = [], supervision }: WrapOptions,
): Promise<WrappedCommand> {
  const [outputPipe, errorPipe = outputPipe] = pipes;
  const outputs = [outputPipe?.writer ?? "pipe", errorPipe?.writer ?? "pipe"] as const;
  try {
    const supervised =
      supervision === undefined
        ? undefined
        : supervise([command, ...args], { environment, pipes, supervision }, outputs);
    const child =
      supervised ?? spawn(command, args, { detached: true, env: environment, stdio: ["inherit", ...outputs] });
    const ended = watchEnd(child, supervised === undefined ? undefined : supervision);
    const processId = child.pid ?? (await startError(child));
    ended.then(trackProcessGroup(processId));
    const [output, error] =
      pipes.length > 0 ? pipes.map((pipe, index) => readPipe(pipe, readers[index])) : [child.stdout, child.stderr];
    if (!output) throw new Error("a command has an output");
    return { processId, output, error: error ?? undefined, ended };
  } catch (error) {
    for (const { reader } of pipes) closeSync(reader);
    throw error;
  } finally {
    for (const { writer } of pipes) closeSync(writer);
  }
}

/** The supervisor with a command below it; undefined where this host has none. */
function supervise(
  command: readonly string[],
  { environment, pipes, supervision }: WrapOptions & { supervision: string },
  outputs: readonly (number | "pipe")[],
): Spawned | undefined {
  const readers = pipes.map(({ reader }) => reader);
  const child = spawn(supervisorProgram, supervisorArguments(supervision, readers.length, command), {
    detached: true,
    env: supervisorEnvironment(environment),
    stdio: ["inherit", ...outputs, "pipe", ...readers],
  });
  if (!isSpawned(child)) {
    child.on("error", () => {}); // the command is then started without one
    return undefined;
  }
  const life = child.stdio[3] as Socket;
  life.on("error", () => {});
  life.unref(); // it only says that this process lives
  return child;
}

function isSpawned(child: ChildProcess): child is Spawned {
  return child.pid !== undefined;
}

function watchEnd(child: ChildProcess, supervision: string | undefined): Promise<WrappedEnd> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      const told = supervision === undefined ? undefined : readSupervisedEnd(supervision);
      resolve(told ?? { exitCode: exitCode ?? undefined, endedBy: signal ?? undefined, startError: undefined });
    });
  });
}

function startError(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once("error", reject);
  });
}

function readPipe({ reader }: Pipe, onread: PipeReader | undefined): Readable {
  return new Socket({ fd: reader, readable: true, writable: false, ...(onread === undefined ? {} : { onread }) });
}
