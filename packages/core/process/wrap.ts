import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Pipe } from "./named-pipe.ts";
import { trackProcessGroup } from "./process-group.ts";

export interface WrapOptions {
  environment: NodeJS.ProcessEnv;
  /**
   * What the command writes to: one pipe for standard output and error together, or one for each. Its ends belong to
   * the wrapped command from now on. None: sockets, where no pipe could be made.
   */
  pipes: readonly Pipe[];
}

export interface WrappedEnd {
  /** Undefined when a signal ended the command. */
  exitCode: number | undefined;
  endedBy: NodeJS.Signals | undefined;
}

export interface WrappedCommand {
  /** Of the command, and of its process group. */
  processId: number;
  output: Readable;
  /** Undefined when `output` holds standard error too. */
  error: Readable | undefined;
  /** How the command itself ended; others may still hold its output open. Never rejects. */
  ended: Promise<WrappedEnd>;
}

/**
 * Starts a command for a wrapper: with the caller's own standard input, raw output, and a session of its own, so that
 * signals and time limits reach the whole group. Throws the system's error (`ENOENT`, `EACCES`, …) if it cannot be started.
 */
export async function wrap(
  command: string,
  args: readonly string[],
  { environment, pipes }: WrapOptions,
): Promise<WrappedCommand> {
  const [outputPipe, errorPipe = outputPipe] = pipes;
  try {
    const child = spawn(command, args, {
      detached: true,
      env: environment,
      stdio: ["inherit", outputPipe?.writer ?? "pipe", errorPipe?.writer ?? "pipe"],
    });
    const ended = watchEnd(child);
    const processId = child.pid ?? (await startError(child));
    ended.then(trackProcessGroup(processId));
    const [output, error] = pipes.length > 0 ? pipes.map(readPipe) : [child.stdout, child.stderr];
    if (!output) throw new Error("a command has an output");
    return { processId, output, error: error ?? undefined, ended };
  } catch (error) {
    for (const { reader } of pipes) closeSync(reader);
    throw error;
  } finally {
    for (const { writer } of pipes) closeSync(writer);
  }
}

function watchEnd(child: ChildProcess): Promise<WrappedEnd> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      resolve({ exitCode: exitCode ?? undefined, endedBy: signal ?? undefined });
    });
  });
}

function startError(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once("error", reject);
  });
}

function readPipe({ reader }: Pipe): Readable {
  return new Socket({ fd: reader, readable: true, writable: false });
}
