import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { acquireLock } from "@catapullt/core/lock";
import type { ReportedFailure, RunReport } from "@catapullt/core/report/schema";
import { writeReport } from "@catapullt/core/report/write";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { pushConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import type { PushContext } from "./context.ts";
import { emptyOutcome, type PushOutcome } from "./outcome.ts";
import { planResult, pushResult } from "./result.ts";
import { planOnly, runPush } from "./run.ts";

export interface PushOptions {
  keepLocal?: boolean;
  again?: boolean;
  dryRun?: boolean;
}

/** `archiver push` */
export async function push(context: CommandContext, options: PushOptions): Promise<CommandResult> {
  const { environment, configFile, log, terminal, signal } = context;
  const { config, file } = await loadConfig(pushConfigDescription, { file: configFile, environment });
  const { push: settings, retries, retryDelay } = config;
  if (settings === undefined) throw notConfigured(file);
  const stateDirectory = config.stateDir ?? defaultStateDirectory(environment);
  const run: PushContext = {
    settings,
    recordsFile: join(stateDirectory, "push-receipts.jsonl"),
    environment,
    log,
    terminal,
    signal,
    keepLocal: options.keepLocal === true,
    again: options.again === true,
    retries,
    retryDelay,
  };
  if (options.dryRun) return planResult(await planOnly(run));
  return pushAndReport(run, join(stateDirectory, "locks"));
}

function notConfigured(file: string | undefined): OperationError {
  return new OperationError(
    "config-invalid",
    `${file === undefined ? "" : `${file}: `}push: missing; expected where archives are sent to`,
    {
      hint: "add `push: { to: { address: …, user: …, identityFile: …, path: … } }`; `archiver pull` is for the backup host",
    },
  );
}

async function pushAndReport(run: PushContext, lockDirectory: string): Promise<CommandResult> {
  const { environment, log } = run;
  const startedAt = new Date();
  const report = (outcome: PushOutcome, failures: ReportedFailure[]) =>
    writeReport(pushReport(outcome, { startedAt, failures }), environment, log);
  try {
    const outcome = await pushLocked(run, lockDirectory);
    await report(outcome, []);
    return pushResult(outcome);
  } catch (error) {
    await report(emptyOutcome(""), [describeFailure(error)]);
    throw error;
  }
}

async function pushLocked(run: PushContext, lockDirectory: string): Promise<PushOutcome> {
  const place = createHash("sha1").update(run.settings.from).digest("hex").slice(0, 12);
  const lock = await acquireLock(lockDirectory, `archiver-push-${place}`);
  try {
    return await runPush(run);
  } finally {
    lock.release();
  }
}

function pushReport(
  { pushed, ignored, warnings, failures }: PushOutcome,
  run: { startedAt: Date; failures: ReportedFailure[] },
): RunReport {
  return createRunReport({
    command: "push",
    startedAt: run.startedAt,
    endedAt: new Date(),
    archives: pushed.map(({ application, name, path, bytes, sha1 }) => {
      return { host: hostname(), application, name, path, bytes, sha1 };
    }),
    warnings: [...warnings, ...ignored.map(({ path, reason }) => `left alone: ${JSON.stringify(path)}: ${reason}`)],
    failures: [...run.failures, ...failures],
  });
}
