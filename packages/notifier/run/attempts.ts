import type { Logger } from "@catapullt/core/log/logger";
import type { RunReport } from "@catapullt/core/report/schema";
import { formatDuration } from "@catapullt/core/units";
import { describeEnding, type Ending } from "../ending.ts";
import { judgeState, type OutcomeState } from "../outcome.ts";
import { sleep } from "../sleep.ts";
import { watchForEnd } from "../wrap/forward-signals.ts";
import type { OutputTail } from "../wrap/output-tail.ts";
import { type RunCommandOptions, runCommand } from "../wrap/run-command.ts";

export interface AttemptsOptions extends RunCommandOptions {
  /** How often the command is run again at most, and the milliseconds before each. */
  retries: number;
  retryPause: number;
  /** Where the command may leave its report. */
  reportFile: string | undefined;
  tail: OutputTail;
  log: Logger;
  /** Called before the command is run again: what the last try has left is to be forgotten. */
  onRetry: () => Promise<void>;
  /** Called with the end of each try as soon as it is known. */
  onEnding: (ending: Ending) => void;
}

/** What became of a command, after all tries. */
export interface FinishedAttempts {
  /** Of the last try. */
  ending: Ending;
  state: OutcomeState;
  report: RunReport | undefined;
  /** Of the first try. */
  startedAt: Date;
  /** Milliseconds, all tries and pauses together. */
  duration: number;
  tries: number;
  /** Settles when the last of the output has been passed on. */
  delivered: Promise<void>;
}

/** Runs a command, and again for as long as it fails and may be run again. A signal to notify ends that. */
export async function runAttempts(command: readonly string[], options: AttemptsOptions): Promise<FinishedAttempts> {
  const { retries, retryPause, tail, log } = options;
  const told = watchForEnd();
  let first: Date | undefined;
  try {
    for (let tries = 1; ; tries += 1) {
      const run = await runCommand(command, options);
      options.onEnding(run.ending);
      first ??= run.startedAt;
      const report = await readOwnReport(options, run.startedAt);
      const state = judgeState(run.ending, report);
      const duration = run.startedAt.getTime() - first.getTime() + run.duration;
      const finished = { ...run, state, report, startedAt: first, duration, tries };
      if (state !== "failure" || tries > retries || run.ending.kind === "not-started") return finished;

      const next = `try ${tries + 1} of ${retries + 1}`;
      log.warn(`${describeEnding(run.ending)}; ${next} follows in ${formatDuration(retryPause)}`);
      await run.delivered;
      if (!(await sleep(retryPause, told.signal))) {
        log.warn("the command is not run again, since notify was told to end");
        return finished;
      }
      tail.mark(`---- ${next}, after: ${describeEnding(run.ending)} ----`);
      await options.onRetry();
    }
  } finally {
    told.stop();
  }
}

async function readOwnReport({ reportFile, log }: AttemptsOptions, startedAt: Date): Promise<RunReport | undefined> {
  if (reportFile === undefined) return undefined;
  const { readRunReport } = await import("./report.ts");
  return readRunReport(reportFile, startedAt, log);
}
