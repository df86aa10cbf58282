import type { RunReport } from "@catapullt/core/report/schema";
import { dispatch, sendLate } from "./dispatch/dispatch.ts";
import type { Ending } from "./ending.ts";
import type { Event } from "./events.ts";
import { readLogTail } from "./message/log-tail.ts";
import { renderOutcome } from "./message/render.ts";
import type { NotifyContext } from "./notify-context.ts";
import { eventsOf, judgeState, type Outcome, recordOf } from "./outcome.ts";
import { nameTrouble } from "./reminders/trouble.ts";
import { recordRun } from "./state/record-run.ts";
import type { KeptOutput } from "./wrap/output-tail.ts";

/** A run of a command that has ended, with all its tries. */
export interface FinishedRun {
  job: string;
  host: string;
  command: readonly string[];
  /** Of the last try. */
  ending: Ending;
  /** Of the first try. */
  startedAt: Date;
  /** Milliseconds, all tries and pauses together. */
  duration: number;
  tries: number;
  output: KeptOutput;
  report: RunReport | undefined;
  /** The events of which it may be told, on top of each transport's `on`; undefined for all. */
  onlyOn: readonly Event[] | undefined;
  /** True where its own notify was ended before it could tell. */
  isLate: boolean;
  /** Called when all messages are stored: from then on nobody else need remember the run. */
  onStored?: (() => Promise<void>) | undefined;
}

/**
 * Records a run and tells everybody who wants to know what happened. False where somebody could not be told, nor the message
 * be kept: then the run is still to be remembered by others.
 */
export async function tell(finished: FinishedRun, context: NotifyContext): Promise<boolean> {
  const { onlyOn, output, onStored, ...run } = finished;
  const state = judgeState(run.ending, run.report);
  const endedAt = new Date(run.startedAt.getTime() + run.duration);
  const told = { ...run, state, endedAt, log: readLogTail(output) };
  const outcome: Outcome = {
    ...told,
    before: await recordRun(run.job, recordOf(told), { ...context, isLate: run.isLate }),
  };
  const events = eventsOf(outcome).filter((event) => onlyOn?.includes(event) ?? true);
  if (events.length === 0) {
    context.log.debug("nobody is told of this run: --only-on names other events");
    await sendLate(context);
    return true;
  }
  // What is told late says nothing of what the job's transports are to be reminded of now.
  const job = run.isLate ? undefined : run.job;
  const isOutdated = run.isLate && outcome.before.recent.some((known) => known.endedAt > endedAt);
  const { lost } = await dispatch(
    { message: renderOutcome(outcome), events, job, what: nameTrouble(outcome), isOutdated, onStored },
    context,
  );
  return lost.length === 0;
}
