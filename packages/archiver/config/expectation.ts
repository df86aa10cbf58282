import { durationSchema } from "@catapullt/core/config/schema";
import { checkExpectedTimes, expectedTimesKeys } from "@catapullt/core/schedule/expectation";
import { z } from "zod";
import { sizesSchema } from "./thresholds.ts";

/** How often an application must be backed up, and what else must hold of its backups. */
export const expectationSchema = z
  .strictObject({
    ...expectedTimesKeys,
    every: expectedTimesKeys.every.meta({ description: "How often a backup is expected" }),
    schedule: expectedTimesKeys.schedule.meta({ description: "When a backup is expected to begin, as in a crontab" }),
    grace: expectedTimesKeys.grace.meta({ description: "How late it may be in the vault" }),
    verified: durationSchema()
      .optional()
      .meta({ description: "How long ago its newest archive may have been verified" }),
    sizes: sizesSchema.optional(),
    proven: durationSchema().optional().meta({ description: "How long ago a drill may have proven that it restores" }),
  })
  .superRefine(checkExpectedTimes);

export type Expectation = z.output<typeof expectationSchema>;
