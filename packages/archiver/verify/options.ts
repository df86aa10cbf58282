import { durationExamples, parseDuration } from "@catapullt/core/config/duration";
import { parseSize, sizeExamples } from "@catapullt/core/config/size";
import { OperationError } from "@catapullt/core/errors";

/** As they are on the command line. */
export interface VerifyArguments {
  since?: string;
  sample?: string;
  rate?: string;
}

/** A part of the archives: so many of a hundred, or so many. */
export type Sample = { percent: number } | { count: number };

export interface VerifyOptions {
  /** Milliseconds: only archives that were not verified within this time. */
  since: number | undefined;
  sample: Sample | undefined;
  /** Bytes per second. */
  rate: number | undefined;
}

/** Throws `usage-invalid`. */
export function parseVerifyArguments({ since, sample, rate }: VerifyArguments): VerifyOptions {
  return {
    since: parse("--since", since, { to: parseDuration, expected: `a duration such as ${durationExamples}` }),
    sample: parse("--sample", sample, { to: parseSample, expected: "a share such as 5%, or a number of archives" }),
    rate: parse("--rate", rate, { to: parseRate, expected: `bytes per second as a size such as ${sizeExamples}` }),
  };
}

function parse<Value>(
  option: string,
  text: string | undefined,
  { to, expected }: { to: (text: string) => Value | undefined; expected: string },
): Value | undefined {
  if (text === undefined) return undefined;
  const value = to(text);
  if (value !== undefined) return value;
  throw new OperationError("usage-invalid", `${option} ${JSON.stringify(text)} is not understood`, {
    hint: `expected ${expected}`,
  });
}

function parseSample(text: string): Sample | undefined {
  const [, figure, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(figure);
  if (!(value > 0)) return undefined;
  if (percent) return value <= 100 ? { percent: value } : undefined;
  return Number.isSafeInteger(value) ? { count: value } : undefined;
}

// A lower rate is taken for a slip, such as 50B for 50MB: it would read an archive for years.
const lowestRate = 1000;

function parseRate(text: string): number | undefined {
  const rate = parseSize(text);
  return rate !== undefined && rate >= lowestRate ? rate : undefined;
}
