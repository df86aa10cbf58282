import { describeValue } from "@catapullt/core/config/problem-text";
import { durationSchema } from "@catapullt/core/config/schema";
import { parseCron } from "@catapullt/core/schedule/cron";
import { z } from "zod";
import { sizesSchema } from "./thresholds.ts";

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
  .meta({ description: "When a backup is expected to begin, as in a crontab", examples: ["0 2 * * *", "@daily"] });

const timeZoneSchema = z
  .string()
  .refine((name) => isTimeZone(name), {
    error: (issue) => `expected a time zone such as Europe/Berlin, got ${describeValue(issue.input)}`,
  })
  .meta({ description: "The zone that `schedule` is in. Default: this host's", examples: ["Europe/Berlin"] });

/** How often an application must be backed up: by interval, or by the crontab's own expression. */
export const expectationSchema = z
  .strictObject({
    every: durationSchema()
      .refine((milliseconds) => milliseconds > 0, { error: "expected a duration longer than nothing" })
      .optional()
      .meta({ description: "How often a backup is expected" }),
    schedule: scheduleSchema.optional(),
    timeZone: timeZoneSchema.optional(),
    grace: durationSchema().prefault("1h").meta({ description: "How late it may be in the vault" }),
    verified: durationSchema()
      .optional()
      .meta({ description: "How long ago its newest archive may have been verified" }),
    sizes: sizesSchema.optional(),
    proven: durationSchema().optional().meta({ description: "How long ago a drill may have proven that it restores" }),
  })
  .superRefine(({ every, schedule, timeZone }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (every === undefined && schedule === undefined)
      complain("every", "missing; expected a duration such as 24h, or a schedule such as 0 2 * * *");
    if (every !== undefined && schedule !== undefined)
      complain("schedule", "expected either every or schedule, got both");
    if (timeZone !== undefined && schedule === undefined) complain("timeZone", "expected only beside schedule");
  });

export type Expectation = z.output<typeof expectationSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
