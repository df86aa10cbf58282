import { Cron } from "croner";

export interface CronOptions {
  /** Five fields as in a crontab, or a nickname such as `@daily`. */
  expression: string;
  /** IANA name of the zone that the fields are in. */
  timeZone: string;
}

/** Moments at which cron starts a job. Pure. */
export interface CronSchedule {
  /** The last moment at or before `moment`; undefined where there is none. */
  previous(moment: Date): Date | undefined;
  /** The first moment after `moment`; undefined where there is none. */
  next(moment: Date): Date | undefined;
}

/**
 * Reads a cron expression. Where clocks change, it behaves as Debian's cron: a job with a fixed time that falls into the gap
 * runs right after it, and one that falls into the repeated hour runs once. Throws a `RangeError` that says what is wrong.
 */
export function parseCron({ expression, timeZone }: CronOptions): CronSchedule {
  const cron = parse(expression, timeZone);
  return {
    // The moment itself counts, and cron knows whole seconds only.
    previous: (moment) => cron.previousRuns(1, new Date(Math.floor(moment.getTime() / 1000) * 1000 + 1000))[0],
    next: (moment) => cron.nextRun(moment) ?? undefined,
  };
}

function parse(expression: string, timeZone: string): Cron {
  if (expression.startsWith("@reboot")) throw new RangeError("@reboot says no time");
  try {
    const cron = new Cron(expression, {
      timezone: timeZone,
      mode: "5-part",
      paused: true,
      fixedTimeRule: "no-wildcard",
    });
    if (cron.nextRun() === null) throw new RangeError("it never comes");
    return cron;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new RangeError(message.replace(/^CronPattern: /, ""), { cause: error });
  }
}
