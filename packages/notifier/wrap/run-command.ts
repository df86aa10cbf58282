import { fstatSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { createPipes, type Pipe } from "@catapullt/core/process/named-pipe";
import { type WrappedCommand, type WrappedEnd, wrap } from "@catapullt/core/process/wrap";
import type { Ending } from "../ending.ts";
import { forwardSignals } from "./forward-signals.ts";
import { descriptors, type OutputSink } from "./output-sink.ts";
import type { OutputStream, OutputTail } from "./output-tail.ts";
import { type PassThrough, passThrough } from "./pass-through.ts";
import { explainStartProblem } from "./start-problem.ts";
import { limitTime } from "./time-limit.ts";

export interface RunCommandOptions {
  environment: NodeJS.ProcessEnv;
  /** A private directory; undefined where none could be made. */
  directory: string | undefined;
  /** Whether a supervisor leaves in that directory how the command ended, whatever becomes of this process. */
  isSupervised: boolean;
  /** Milliseconds after which the command and all that it started are ended. */
  timeout: number | undefined;
  /** Milliseconds after that until what is left is killed. */
  killAfter: number;
  /** Keeps the end of the output. */
  tail: OutputTail;
  /** Where the output goes. */
  sink: OutputSink;
  log: Logger;
  /** Called with the number of its process when the command runs and gets all signals. */
  onStart: (processId: number) => void;
}

export interface CommandRun {
  ending: Ending;
  startedAt: Date;
  /** Milliseconds, until the command itself had ended. */
  duration: number;
  /** Settles when the last of the output has been passed on. */
  delivered: Promise<void>;
}

/** How long output is still awaited from others who hold it open, such as a daemon that the command started. */
const lingerLimit = 2_000;

/** Runs a command with its output, input and signals passed through. Whatever the command does, this never throws for it. */
export async function runCommand(command: readonly string[], options: RunCommandOptions): Promise<CommandRun> {
  const [program = "", ...args] = command;
  const { environment, directory } = options;
  const pipes = await makePipes(options);
  const startedAt = new Date();
  const begin = performance.now();
  const supervision = options.isSupervised ? directory : undefined;
  const notStarted = async (error: unknown): Promise<CommandRun> => {
    const ending = await explainStartProblem(program, environment.PATH ?? "", error);
    return { ending, startedAt, duration: performance.now() - begin, delivered: Promise.resolve() };
  };

  const streams = (["output", "error"] as const).map((stream) => passStream(stream, options));
  const readers = streams.map(({ reader }) => reader);
  let wrapped: WrappedCommand;
  try {
    wrapped = await wrap(program, args, { environment, pipes, readers, supervision });
  } catch (error) {
    return notStarted(error);
  }
  const { end, duration, timedOut, delivered } = await attend(wrapped, attach(streams, wrapped), { ...options, begin });
  if (end.startError !== undefined) return notStarted(end.startError);
  return { ending: judge(end, timedOut ? options.timeout : undefined), startedAt, duration, delivered };
}

interface Attended {
  end: WrappedEnd;
  duration: number;
  timedOut: boolean;
  delivered: Promise<void>;
}

/** Serves a running command until it has ended and its output is read. */
async function attend(
  wrapped: WrappedCommand,
  streams: readonly PassThrough[],
  { begin, ...options }: RunCommandOptions & { begin: number },
): Promise<Attended> {
  const stopForwarding = forwardSignals(wrapped.processId);
  options.onStart(wrapped.processId);
  const limit = limitTime(wrapped.processId, options);
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
  return { end, duration, timedOut, delivered };
}

function judge({ exitCode, endedBy }: WrappedEnd, limit: number | undefined): Ending {
  if (limit !== undefined) return { kind: "timed-out", limit };
  if (endedBy !== undefined) return { kind: "signalled", signal: endedBy };
  if (exitCode === undefined) throw new Error("a command that ended has an exit code or a signal");
  return { kind: "exited", exitCode };
}

function passStream(stream: OutputStream, { tail, sink }: RunCommandOptions): PassThrough {
  return passThrough({
    onChunk: (chunk) => tail.add(stream, chunk),
    write: (chunks) => sink.write(stream, chunks),
  });
}

/** Those of which a command has something to give. */
function attach(streams: readonly PassThrough[], { output, error }: WrappedCommand): PassThrough[] {
  return [output, error].flatMap((source, index) => {
    const stream = streams[index];
    if (source === undefined || stream === undefined) return [];
    stream.attach(source);
    return [stream];
  });
}

/** One pipe where our own output and error go to the same place, as below cron: so the order of lines is kept exactly. */
async function makePipes({ directory, log }: RunCommandOptions): Promise<Pipe[]> {
  if (directory === undefined) return [];
  try {
    return await createPipes(directory, isSameFile(descriptors.output, descriptors.error) ? 1 : 2);
  } catch (error) {
    log.debug(`no named pipes can be made in ${directory}: ${errorMessage(error)}`);
    return [];
  }
}

function isSameFile(one: number, other: number): boolean {
  const [first, second] = [fstatSync(one), fstatSync(other)];
  return first.dev === second.dev && first.ino === second.ino;
}
