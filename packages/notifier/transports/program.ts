import { describeOutcome, run } from "@catapullt/core/process/run";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { cleanLine, shorten } from "../message/clean.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { TransportContext } from "./transport.ts";

export interface ProgramCall {
  command: string;
  args: readonly string[];
  input: string | Buffer;
  /** Added to notify's own environment. */
  environment?: Record<string, string>;
  /** What to check where the program says no. */
  hint: string;
}

// sysexits.h: a failure that may pass.
const temporaryFailure = 75;
const longestQuote = 300;

/** The call for people: variables, command line and standard input. */
export function previewCall({ command, args, environment = {}, input }: ProgramCall): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${formatCommandLine([value])}`);
  return [...variables, formatCommandLine([command, ...args]), "", input.toString().trimEnd()].join("\n");
}

/** Hands a message to a program. Exit code 75 (`EX_TEMPFAIL`) means that it may work a little later. */
export async function handToProgram(call: ProgramCall, { environment, signal }: TransportContext): Promise<void> {
  const { command, args, input, hint } = call;
  const outcome = await run(command, args, { input, environment: { ...environment, ...call.environment }, signal });
  if (outcome.exitCode === 0) return;
  if (signal.aborted) {
    throw new DeliveryError(`${command} did not take the message in time`, {
      hint: "find out what it waits for, or give it more time with `timeout`",
      isTransient: false,
    });
  }
  const said = shorten(cleanLine(outcome.errorOutput), longestQuote);
  throw new DeliveryError(
    `${command} did not take the message: ${describeOutcome(outcome)}${said === "" ? "" : `: ${said}`}`,
    {
      hint,
      isTransient: outcome.exitCode === temporaryFailure,
      cause: outcome.startError,
    },
  );
}
