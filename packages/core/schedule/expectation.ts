import { z } from "zod";
import { describeValue } from "../config/problem-text.ts";
import { durationSchema } from "../config/schema.ts";
import { parseCron } from "./cron.ts";

const scheduleSchema = z
  .string({ error: "expected a cron expression such as 0 2 * * *" })
  .superRefine((expression, context) => {
    try {
      parseCron({ expression, timeZone: "UTC" });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `expected a cron expression such as 0 2 * * *, got ${describeValue(expression)}: ${error.message}`;
      context.addIssue({ code: "custom", message });
    }
  })
  .meta({ description: "When it is expected to begin, as in a crontab", examples: ["0 2 * * *", "@daily"] });

const timeZoneSchema = z
  .string()
  .refine((name) => isTimeZone(name), {
    error: (issue) => `expected a time zone such as Europe/Berlin, got ${describeValue(issue.input)}`,
  })
  .meta({ description: "The zone that `schedule` is in. Default: this host's", examples: ["Europe/Berlin"] });

/** The keys that say how often something must run: by interval, or by the crontab's own expression. */
export const expectedTimesKeys = {
  every: durationSchema()
    .refine((milliseconds) => milliseconds > 0, { error: "expected a duration longer than nothing" })
    .optional()
    .meta({ description: "How often it is expected" }),
  schedule: scheduleSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  grace: durationSchema().prefault("1h").meta({ description: "How late it may be" }),
};

export interface ExpectedTimes {
  /** Milliseconds. */
  every?: number | undefined;
  /** A cron expression. */
  schedule?: string | undefined;
  timeZone?: string | undefined;
  /** Milliseconds. */
  grace: number;
}

/** What zod cannot say of each key by itself; for `superRefine`. */
export function checkExpectedTimes(
  { every, schedule, timeZone }: ExpectedTimes,
  context: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
): void {
  const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (every === undefined && schedule === undefined)
    complain("every", "missing; expected a duration such as 24h, or a schedule such as 0 2 * * *");
  if (every !== undefined && schedule !== undefined)
    complain("schedule", "expected either every or schedule, got both");
  if (timeZone !== undefined && schedule === undefined) complain("timeZone", "expected only beside schedule");
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
