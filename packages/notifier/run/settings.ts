import { durationExamples, parseDuration } from "@catapullt/core/config/duration";
import { parseSize } from "@catapullt/core/config/size";
import { OperationError } from "@catapullt/core/errors";
import { type Event, events } from "../events.ts";
import type { RunOptions } from "./options.ts";

/** What the options of a run say, checked. Times in milliseconds, sizes in bytes. */
export interface RunSettings {
  name: string | undefined;
  timeout: number | undefined;
  killAfter: number;
  /** How often the command is run again at most. */
  retries: number;
  retryPause: number;
  lock: boolean;
  quietSuccess: boolean;
  /** The events of which this run may be told; undefined for all. */
  onlyOn: readonly Event[] | undefined;
  outputLimit: number;
}

const longestDuration = 2 ** 31 - 1; // what a timer can hold
const mostRetries = 1_000;
const largestOutputLimit = 10_000_000;

/** Checks the options of a run; anything that cannot be meant ends it before the command is started. */
export function readRunSettings(options: RunOptions): RunSettings {
  const { name, timeout, killAfter, retry, retryPause, onlyOn, outputLimit } = options;
  if (options.json) {
    throw refused("--json does not go with a command to run", "standard output is the command's own; leave --json out");
  }
  if (name?.trim() === "") throw new OperationError("usage-invalid", "--name is empty");
  if (killAfter !== undefined && timeout === undefined)
    throw refused("--kill-after says nothing without --timeout", "add --timeout, such as --timeout 2h");
  if (retryPause !== undefined && retry === undefined)
    throw refused("--retry-pause says nothing without --retry", "add --retry, such as --retry 3");
  return {
    name,
    timeout: readDuration("--timeout", timeout, "time limit"),
    killAfter: readDuration("--kill-after", killAfter, "duration") ?? 5_000,
    retries: readCount(retry),
    retryPause: readDuration("--retry-pause", retryPause, "duration") ?? 30_000,
    lock: options.lock === true,
    quietSuccess: options.quietSuccess === true,
    onlyOn: readEvents(onlyOn),
    outputLimit: readOutputLimit(outputLimit),
  };
}

function readDuration(option: string, text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= longestDuration) return milliseconds;
  throw refused(`${option} ${text} is no ${what}`, `expected a duration such as ${durationExamples}, at most 24d`);
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 0;
  const count = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (count >= 0 && count <= mostRetries) return count;
  throw refused(`--retry ${text} is no number of times`, `expected 0 to ${mostRetries}, such as --retry 3`);
}

function readEvents(text: string | undefined): readonly Event[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",").map((word) => word.trim().toLowerCase());
  const unknown = words.find((word) => !events.some((event) => event === word));
  if (unknown !== undefined) {
    const what = unknown === "" ? "an empty name" : unknown;
    throw refused(`--only-on ${text} names no event: ${what}`, `expected some of ${events.join(",")}, with commas`);
  }
  return events.filter((event) => words.includes(event));
}

function readOutputLimit(text: string | undefined): number {
  if (text === undefined) return 64 * 1024;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0 && bytes <= largestOutputLimit) return bytes;
  throw refused(`--output-limit ${text} is no size`, "expected a size such as 200kB or 1MB, at most 10MB");
}

function refused(message: string, hint: string): OperationError {
  return new OperationError("usage-invalid", message, { hint: `${hint}\nthe command was not run` });
}
