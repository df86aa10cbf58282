import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { describeOutcome, run } from "@catapullt/core/process/run";
import { reportVariable } from "@catapullt/core/report/variable";
import { readVerdict, type Verdict } from "./agent-report.ts";
import type { SealedArchive } from "./plan.ts";

export interface Agent {
  /** Full path of the program. */
  program: string;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Where drills work; the agent's own configuration says so if absent. */
  directory: string | undefined;
}

/** Finds `backup-agent` on the search path, else beside the program `ownProgram`. Fails with `tool-missing`. */
export async function findAgent(environment: NodeJS.ProcessEnv, ownProgram = process.argv[1] ?? ""): Promise<string> {
  const beside = [ownProgram, await realpath(ownProgram)].map((path) => join(dirname(path), "backup-agent"));
  const found = await findExecutable(["backup-agent", ...beside], environment.PATH ?? "");
  if (found !== undefined) return found;
  throw new OperationError("tool-missing", "backup-agent is not on this host: it holds the drills", {
    hint: "install it here, on PATH or beside archiver; it needs no configuration for drills",
  });
}

/** Has the agent drill the archive at `path`. Throws where no drill could be held, which says nothing about the archive. */
export async function drillByAgent(path: string, archive: SealedArchive, agent: Agent): Promise<Verdict> {
  const { program, signal, directory } = agent;
  // The run report of this process is its own to write.
  const { [reportVariable]: _, ...environment } = agent.environment;
  const place = directory === undefined ? [] : ["--directory", directory];
  const outcome = await run(program, ["--json", "--log-format", "json", "drill", path, ...place], {
    environment,
    signal,
  });
  signal.throwIfAborted();
  const { exitCode, output, errorOutput } = outcome;
  if ((exitCode === 0 || exitCode === 1) && output.length > 0) {
    return readVerdict(output.toString("utf8"), exitCode, archive);
  }
  throw new OperationError(
    "drill-failed",
    `no drill could be held of ${archive.name}: backup-agent: ${describeOutcome(outcome)}`,
    { hint: lastErrors(errorOutput) },
  );
}

const errorLevel = 50;

/** What the agent said went wrong: the messages of its log, or else the last lines that it wrote. */
function lastErrors(errorOutput: string): string | undefined {
  const lines = errorOutput.split("\n").filter((line) => line !== "");
  const messages = lines.flatMap(errorMessageOf);
  const told = messages.length > 0 ? messages : lines.slice(-5);
  return told.length === 0 ? undefined : told.join("\n");
}

function errorMessageOf(line: string): string[] {
  if (!line.startsWith("{")) return [];
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return level === errorLevel && typeof msg === "string" ? [msg] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
