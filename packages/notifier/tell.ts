import { hostname } from "node:os";
import { listenForShutdown } from "@catapullt/core/cli/shutdown";
import { errorMessage } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import type { NotifyConfig } from "./config.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { deriveJobName } from "./job-name.ts";
import { readLogTail } from "./message/log-tail.ts";
import { renderOutcome } from "./message/render.ts";
import { eventsOf, judgeState, type Outcome } from "./outcome.ts";
import { readRunReport } from "./run-report.ts";
import { continueHistory, type JobHistory, readHistory, writeHistory } from "./state.ts";
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

/** Tells everybody who wants to know what happened. What cannot be told is logged with what to do about it. */
export async function tell(finished: FinishedRun, config: NotifyConfig, context: TellContext): Promise<void> {
  const { environment, log } = context;
  const outcome = await recordOutcome(finished, config, context);
  const happened = eventsOf(outcome);
  const transports = config.transports.filter(
    ({ on }) => on === undefined || happened.some((event) => on.includes(event)),
  );
  if (transports.length === 0) return log.debug(`no transport wants to know of: ${happened.join(", ")}`);
  const shutdown = listenForShutdown();
  try {
    logDeliveries(await deliver(renderOutcome(outcome), transports, { environment, signal: shutdown.signal }), log);
  } finally {
    shutdown.stop();
  }
}

/** Logs what was sent, and for what was not, why and what to do. */
export function logDeliveries(deliveries: readonly Delivery[], log: Logger): void {
  for (const { transport, failure, tries } of deliveries) {
    if (failure === undefined) {
      log.debug({ tries }, `message sent through ${transport}`);
    } else {
      const text = `no message was sent through ${transport}: ${failure.message}`;
      log.error({ code: failure.code, tries }, failure.hint === undefined ? text : `${text}\n${failure.hint}`);
    }
  }
}

async function recordOutcome(
  { name, command, run, reportFile }: FinishedRun,
  { stateDir }: NotifyConfig,
  { environment, log }: TellContext,
): Promise<Outcome> {
  const { ending, startedAt, duration, output } = run;
  const report = reportFile === undefined ? undefined : await readRunReport(reportFile, startedAt, log);
  const job = name ?? deriveJobName(command);
  const state = judgeState(ending, report);
  const endedAt = new Date(startedAt.getTime() + duration);
  const stateDirectory = stateDir ?? defaultStateDirectory(environment);
  const history = await continueJob(stateDirectory, { job, state, endedAt }, log);
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
    history,
  };
}

/** What came before this run, which is added to it. A state that cannot be kept costs no message. */
async function continueJob(
  stateDirectory: string,
  run: Pick<Outcome, "job" | "state" | "endedAt">,
  log: Logger,
): Promise<JobHistory | undefined> {
  try {
    const history = await readHistory(stateDirectory, run.job);
    await writeHistory(stateDirectory, continueHistory(history, run));
    return history;
  } catch (error) {
    log.warn(
      `the job's state cannot be kept in ${stateDirectory}: ${errorMessage(error)}\n` +
        "recoveries will not be noticed; make the directory writable for this user, or set `stateDir` to one that is",
    );
    return undefined;
  }
}
