import { OperationError } from "@catapullt/core/errors";
import { type ProcessOutcome, secretInputPath } from "@catapullt/core/process/start";
import type { DatabaseContext, DatabaseSettings } from "../engine.ts";
import { feed } from "../feed.ts";
import { withoutDefiners, withoutSandboxLine } from "./dump-rewrite.ts";
import { describeFailure, errorNumber } from "./failures.ts";
import { optionFile } from "./option-file.ts";
import type { Tool } from "./tools.ts";

export interface DumpLoad {
  tool: Tool;
  settings: DatabaseSettings;
  source: AsyncIterable<Uint8Array>;
  stripsDefiners: boolean;
}

/** Feeds a dump to the command-line client. Throws `restore-failed`, or what the source throws. */
export async function loadDump(
  { tool, settings, source, stripsDefiners }: DumpLoad,
  context: DatabaseContext,
): Promise<void> {
  const end = new AbortController();
  const child = tool.start(loadArguments(settings.name), {
    secretInput: optionFile(settings, tool),
    standardInput: "pipe",
    signal: AbortSignal.any([context.signal, end.signal]),
  });
  child.output.resume();
  const statements = prefixed(setNames, withoutSandboxLine(source));
  try {
    await feed(child, stripsDefiners ? withoutDefiners(statements) : statements);
  } catch (error) {
    // Its input is not closed before: a dump that is cut off between two statements would count as loaded.
    end.abort();
    await child.outcome;
    throw error;
  }
  const outcome = await child.outcome;
  context.signal.throwIfAborted();
  if (outcome.exitCode !== 0) throw loadFailure(tool, outcome, settings);
}

// What the client does by itself with a character set of its own; the dump then says which one it is in.
const setNames = Buffer.from("SET NAMES utf8mb4;\n");

async function* prefixed(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function loadArguments(database: string): string[] {
  return [
    `--defaults-file=${secretInputPath}`,
    "--batch",
    "--skip-auto-rehash",
    // Keeps bytes as they are, and refuses the client's own commands, such as \! for the shell, in the dump.
    "--binary-mode",
    // Only how the client looks for the ends of statements, which are ASCII: a third less of its time, which the server waits for.
    "--default-character-set=binary",
    "--connect-timeout=20",
    "--max-allowed-packet=1G",
    "--loose-skip-print-query-on-error",
    "--",
    database,
  ];
}

function loadFailure(tool: Tool, outcome: ProcessOutcome, settings: DatabaseSettings): OperationError {
  const number = errorNumber(outcome.errorOutput);
  return new OperationError(
    "restore-failed",
    `the dump could not be loaded into database ${settings.name}: ${describeFailure(tool.title, outcome)}`,
    { hint: number === undefined ? undefined : hints(settings)[number] },
  );
}

function hints({ user = "the user" }: DatabaseSettings): Record<number, string> {
  const packet =
    "a row may be larger than the server's max_allowed_packet: raise that (SET GLOBAL max_allowed_packet = 1073741824) and restore again";
  return {
    1044: `${user} may not use this database: grant it`,
    1142: `${user} lacks a privilege that is named above: grant it`,
    1153: packet,
    1227: `${user} may not create what belongs to another account: restore with --definer strip, or as an administrator`,
    1273: "the server does not know a collation of the dump: restore into a server of the same product and version",
    1359: "a trigger of this name exists already in this database",
    1419: "the server writes a binary log: SET GLOBAL log_bin_trust_function_creators = 1, or restore as an administrator",
    2006: `the server closed the connection: see its error log; ${packet}`,
    2013: "the connection was lost: see the server's error log",
  };
}
