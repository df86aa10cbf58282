import { fstatSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { createPipes, type Pipe } from "@catapullt/core/process/named-pipe";
import { type WrappedCommand, type WrappedEnd, wrap } from "@catapullt/core/process/wrap";
import type { Ending } from "../ending.ts";
import { forwardSignals } from "./forward-signals.ts";
import { createOutputTail, type KeptOutput, type OutputStream, type OutputTail } from "./output-tail.ts";
import { type PassThrough, passThrough } from "./pass-through.ts";
import { explainStartProblem } from "./start-problem.ts";
import { limitTime } from "./time-limit.ts";

export interface RunCommandOptions {
  environment: NodeJS.ProcessEnv;
  /** A private directory; undefined where none could be made. */
  directory: string | undefined;
  /** Milliseconds after which the command and all that it started are ended. */
  timeout: number | undefined;
  log: Logger;
  /** Called when the command runs and gets all signals. */
  onStart: () => void;
}

export interface CommandRun {
  ending: Ending;
  startedAt: Date;
  /** Milliseconds, until the command itself had ended. */
  duration: number;
  output: KeptOutput;
  /** Settles when the last of the output has been passed on. */
  delivered: Promise<void>;
}

const keptOutput = 64 * 1024;
/** How long output is still awaited from others who hold it open, such as a daemon that the command started. */
const lingerLimit = 2_000;
const standardOutput = 1;
const standardError = 2;

/** Runs a command with its output, input and signals passed through. Whatever the command does, this never throws for it. */
export async function runCommand(command: readonly string[], options: RunCommandOptions): Promise<CommandRun> {
  const [program = "", ...args] = command;
  const { environment, log } = options;
  const tail = createOutputTail(keptOutput);
  const pipes = await makePipes(options);
  const startedAt = new Date();
  const begin = performance.now();
  const measured = (ending: Ending, delivered: Promise<void>): CommandRun => ({
    ending,
    startedAt,
    duration: performance.now() - begin,
    output: tail.read(),
    delivered,
  });

  let wrapped: WrappedCommand;
  try {
    wrapped = await wrap(program, args, { environment, pipes });
  } catch (error) {
    const ending = await explainStartProblem(program, environment.PATH ?? "", error);
    return measured(ending, Promise.resolve());
  }
  const stopForwarding = forwardSignals(wrapped.processId);
  options.onStart();
  const limit = limitTime(wrapped.processId, options.timeout);
  const streams = passStreams(wrapped, tail, log);
  const end = await wrapped.ended;
  const duration = performance.now() - begin;
  const timedOut = await limit.settle();
  for (const stream of streams) stream.hurry();
  const finished = Promise.all(streams.map((stream) => stream.finished));
  await Promise.race([finished, delay(lingerLimit, undefined, { ref: false })]);
  for (const stream of streams) stream.leave();
  await finished;
  stopForwarding();
  const delivered = Promise.all(streams.map((stream) => stream.delivered)).then(() => {});
  return { ...measured(judge(end, timedOut ? options.timeout : undefined), delivered), duration };
}

function judge({ exitCode, endedBy }: WrappedEnd, limit: number | undefined): Ending {
  if (limit !== undefined) return { kind: "timed-out", limit };
  if (endedBy !== undefined) return { kind: "signalled", signal: endedBy };
  if (exitCode === undefined) throw new Error("a command that ended has an exit code or a signal");
  return { kind: "exited", exitCode };
}

function passStreams({ output, error }: WrappedCommand, tail: OutputTail, log: Logger): PassThrough[] {
  const pass = (source: Readable, stream: OutputStream, descriptor: number) =>
    passThrough(source, {
      descriptor,
      onChunk: (chunk) => tail.add(stream, chunk),
      onWriteError(writeError) {
        if (hasErrorCode(writeError, "EPIPE")) return; // nobody reads any more, and that is their right
        log.warn(`the command's output cannot be passed on any more: ${errorMessage(writeError)}`);
      },
    });
  const streams = [pass(output, "output", standardOutput)];
  if (error !== undefined) streams.push(pass(error, "error", standardError));
  return streams;
}

/** One pipe where our own output and error go to the same place, as below cron: so the order of lines is kept exactly. */
async function makePipes({ directory, log }: RunCommandOptions): Promise<Pipe[]> {
  if (directory === undefined) return [];
  try {
    return await createPipes(directory, isSameFile(standardOutput, standardError) ? 1 : 2);
  } catch (error) {
    log.debug(`no named pipes can be made in ${directory}: ${errorMessage(error)}`);
    return [];
  }
}

function isSameFile(one: number, other: number): boolean {
  const [first, second] = [fstatSync(one), fstatSync(other)];
  return first.dev === second.dev && first.ino === second.ino;
}
