import { hostname } from "node:os";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import type { NotifyConfig } from "./config.ts";
import { dispatch } from "./dispatch.ts";
import { endingExitCode } from "./ending.ts";
import { deriveJobName } from "./job-name.ts";
import { readLogTail } from "./message/log-tail.ts";
import { renderOutcome } from "./message/render.ts";
import { eventsOf, judgeState, type Outcome, reportedBytes } from "./outcome.ts";
import { readRunReport } from "./run-report.ts";
import { addRun, createRecord, type JobRecord, type RecordedRun } from "./state/job-record.ts";
import { readRecord, writeRecord } from "./state/job-store.ts";
import type { CommandRun } from "./wrap/run-command.ts";

export interface FinishedRun {
  /** The value of `--name`. */
  name: string | undefined;
  command: readonly string[];
  run: CommandRun;
  /** Where the command may have left its report. */
  reportFile: string | undefined;
}

export interface TellContext {
  environment: NodeJS.ProcessEnv;
  log: Logger;
}

/** Tells everybody who wants to know what happened. */
export async function tell(finished: FinishedRun, config: NotifyConfig, context: TellContext): Promise<void> {
  const stateDirectory = config.stateDir ?? defaultStateDirectory(context.environment);
  const outcome = await recordOutcome(finished, stateDirectory, context.log);
  const announcement = { message: renderOutcome(outcome), events: eventsOf(outcome), job: outcome.job };
  await dispatch(announcement, { ...context, config, stateDirectory });
}

async function recordOutcome(
  { name, command, run, reportFile }: FinishedRun,
  stateDirectory: string,
  log: Logger,
): Promise<Outcome> {
  const { ending, startedAt, duration, output } = run;
  const report = reportFile === undefined ? undefined : await readRunReport(reportFile, startedAt, log);
  const job = name ?? deriveJobName(command);
  const state = judgeState(ending, report);
  const endedAt = new Date(startedAt.getTime() + duration);
  const recorded = { state, startedAt, endedAt, exitCode: endingExitCode(ending), bytes: reportedBytes(report) };
  return {
    job,
    host: hostname(),
    command,
    state,
    ending,
    startedAt,
    endedAt,
    duration,
    log: readLogTail(output),
    report,
    before: await recordRun(job, recorded, { stateDirectory, log }),
  };
}

/** Adds a run to what is known of its job, and returns what was known before. A state that cannot be kept costs no message. */
async function recordRun(
  job: string,
  run: RecordedRun,
  { stateDirectory, log }: { stateDirectory: string; log: Logger },
): Promise<JobRecord> {
  try {
    const before = (await readRecord(stateDirectory, job)) ?? createRecord(job);
    await writeRecord(stateDirectory, addRun(before, run));
    return before;
  } catch (error) {
    log.warn(
      `the job's state cannot be kept in ${stateDirectory}: ${errorMessage(error)}\n` +
        "recoveries will not be noticed; make the directory writable for this user, or set `stateDir` to one that is",
    );
    return createRecord(job);
  }
}
