import { OperationError } from "@catapullt/core/errors";
import { describeOutcome } from "@catapullt/core/process/run";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { feed } from "../feed.ts";
import { connectionString, passwordFile } from "./connection.ts";
import { loadHint } from "./load-hints.ts";
import type { Tool } from "./tools.ts";

export interface DumpLoad {
  tool: Tool;
  settings: DatabaseSettings;
  source: AsyncIterable<Uint8Array>;
  stripsOwners: boolean;
  /** All or nothing, for a database that was there before. */
  isOneTransaction: boolean;
}

/**
 * Feeds a dump to pg_restore. Throws `restore-failed`, or what the source throws. A dump in the custom format has no commands for
 * a client: what `\restrict` guards plain dumps against cannot be in it.
 */
export async function loadDump(load: DumpLoad, context: DatabaseContext): Promise<void> {
  const { tool, settings, source } = load;
  const end = new AbortController();
  const child = tool.start(loadArguments(load), {
    secretInput: passwordFile(settings),
    standardInput: "pipe",
    signal: AbortSignal.any([context.signal, end.signal]),
  });
  child.output.resume();
  try {
    await feed(child, source);
  } catch (error) {
    end.abort();
    await child.outcome;
    throw error;
  }
  const outcome = await child.outcome;
  context.signal.throwIfAborted();
  if (outcome.exitCode !== 0) throw loadFailure(load, outcome);
  for (const warning of warningsIn(outcome)) context.warn(`${tool.title}: ${warning}`);
}

function loadArguments({ settings, stripsOwners, isOneTransaction }: DumpLoad): string[] {
  return [
    "--exit-on-error",
    ...(isOneTransaction ? ["--single-transaction"] : []),
    ...(stripsOwners ? ["--no-owner", "--no-privileges"] : []),
    "--no-tablespaces",
    "--no-password",
    `--dbname=${connectionString(settings)}`,
  ];
}

function warningsIn({ errorOutput }: ProcessOutcome): string[] {
  return [...errorOutput.matchAll(/^(?:pg_restore: warning|WARNING): +(.*)$/gm)]
    .map(([, text = ""]) => text)
    .slice(0, 10);
}

const longestMessage = 800;

function loadFailure({ tool, settings }: DumpLoad, outcome: ProcessOutcome): OperationError {
  const said = essence(outcome.errorOutput);
  const end = `${tool.title}: ${describeOutcome(outcome)}`;
  return new OperationError(
    "restore-failed",
    `the dump could not be loaded into database ${settings.name}: ${said === "" ? end : `${end}: ${said}`}`,
    { hint: loadHint(outcome.errorOutput, settings) },
  );
}

/** The error for a load of which nothing stayed; the reason where the run was aborted. */
export function asBefore(error: unknown, { name }: DatabaseSettings, { signal }: DatabaseContext): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof OperationError)) return error;
  return new OperationError("restore-failed", `${error.message}\ndatabase ${name} is as it was before`, {
    hint: error.hint,
    cause: error,
  });
}

// The statement that failed may be long, and stands after what was wrong with it.
function essence(errorOutput: string): string {
  const lines = errorOutput.split("\n").map((line) => line.trim());
  const told = lines.filter((line) => /^pg_restore: (error|from TOC entry)|^(DETAIL|HINT|CONTEXT): /.test(line));
  const text = (told.length === 0 ? lines.filter((line) => line !== "").slice(-4) : told)
    .map((line) => line.replace(/^pg_restore: (error: )?/, ""))
    .join("; ");
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage)}…`;
}
