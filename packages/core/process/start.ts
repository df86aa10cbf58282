import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { endProcessGroup, trackProcessGroup } from "./process-group.ts";
import { openSecretDescriptor } from "./secret-descriptor.ts";
import { keepTail } from "./tail.ts";

export interface StartOptions {
  /** `pipe` gives `input`, a stream to write to; otherwise standard input is empty. */
  standardInput?: "pipe" | undefined;
  /** The whole environment of the command; the caller's own if absent. */
  environment?: NodeJS.ProcessEnv | undefined;
  directory?: string | undefined;
  /** As whom it runs, without further groups; only root may choose another than himself. The caller if absent. */
  user?: { uid: number; gid: number } | undefined;
  /** Text that the command reads from `secretInputPath`: hands over a password outside argv and environment. */
  secretInput?: string | undefined;
  /** After this many milliseconds the process group is ended. */
  timeout?: number | undefined;
  /** Ends the process group when it aborts. */
  signal?: AbortSignal | undefined;
}

export interface ProcessOutcome {
  /** Undefined when a signal ended the command or it could not be started. */
  exitCode: number | undefined;
  endedBy: NodeJS.Signals | undefined;
  timedOut: boolean;
  /** Set when the command could not be started at all. */
  startError: Error | undefined;
  /** The last 64 KiB of what it wrote to standard error. */
  errorOutput: string;
}

export interface StartedProcess {
  /** Standard output as it comes. It must be read to its end, or destroyed. */
  output: Readable;
  /** Standard input, with `standardInput: "pipe"` only. */
  input: Writable | undefined;
  /** Never rejects: how the command ended, once its output is closed. */
  outcome: Promise<ProcessOutcome>;
}

/** Where a started command finds `secretInput`. */
export const secretInputPath = "/dev/fd/3";

// What is used of execa: its own types infer streams from options that are only known here at run time.
const startProgram = execa as unknown as (command: string, args: readonly string[], options: object) => StartedChild;

interface StartedChild extends Promise<{ exitCode?: number; signal?: NodeJS.Signals; cause?: unknown }> {
  pid?: number;
  stdin: Writable | null;
  stdout: Readable;
  stderr: Readable;
}

const errorOutputLimit = 64 * 1024;
const graceAfterTerminate = 5_000;

/** Starts a program, never through a shell, in a process group of its own. The one place that starts programs. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): StartedProcess {
  const secret = options.secretInput === undefined ? undefined : openSecretDescriptor(options.secretInput);
  const child = startProgram(command, args, {
    detached: true,
    reject: false,
    buffer: false,
    extendEnv: false,
    env: options.environment ?? process.env,
    stdio: [options.standardInput ?? "ignore", "pipe", "pipe", ...(secret === undefined ? [] : [secret.descriptor])],
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    ...options.user,
  });
  secret?.close();
  const { pid, stdin, stdout, stderr } = child;
  const forget = pid === undefined ? () => {} : trackProcessGroup(pid);
  const end = () => pid !== undefined && endProcessGroup(pid, graceAfterTerminate);
  let timedOut = false;
  const clearTimer = setTimer(options.timeout, () => {
    timedOut = true;
    end();
  });
  options.signal?.addEventListener("abort", end, { once: true });
  if (options.signal?.aborted) end();

  const errorTail = keepTail(stderr, errorOutputLimit);
  stdin?.on("error", () => {}); // the command may end without reading its input: its outcome tells
  const outcome = child.then((result): ProcessOutcome => {
    clearTimer();
    forget();
    options.signal?.removeEventListener("abort", end);
    const notStarted = result.exitCode === undefined && result.signal === undefined;
    return {
      exitCode: result.exitCode,
      endedBy: result.signal,
      timedOut,
      startError: notStarted && result.cause instanceof Error ? result.cause : undefined,
      errorOutput: errorTail(),
    };
  });
  return { output: stdout, input: stdin ?? undefined, outcome };
}

const longestTimer = 2 ** 31 - 1; // Node fires timers that are set for longer at once

function setTimer(milliseconds: number | undefined, action: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (left: number) => {
    const now = Math.min(left, longestTimer);
    timer = setTimeout(() => (left > now ? wait(left - now) : action()), now);
  };
  if (milliseconds !== undefined) wait(milliseconds);
  return () => clearTimeout(timer);
}
