import type { ConfigDescription } from "@catapullt/core/config/load";
import { durationSchema, stateDirSchema } from "@catapullt/core/config/schema";
import { checkExpectedTimes, expectedTimesKeys } from "@catapullt/core/schedule/expectation";
import { z } from "zod";
import { remindSchema } from "./transports/common-settings.ts";
import { transportSettingsSchema } from "./transports/registry.ts";

const jobSchema = z
  .strictObject({
    ...expectedTimesKeys,
    longest: durationSchema()
      .optional()
      .meta({ description: "How long a run may take; one that takes longer is told as hanging. Default: no limit" }),
  })
  .superRefine(checkExpectedTimes);

/** `notify.yaml` */
export const notifyConfigSchema = z.strictObject({
  remind: remindSchema.meta({
    description:
      "How often to tell of a job that goes on failing in the same way, for transports that say nothing of their own. Default: every time",
  }),
  jobs: z
    .record(z.string().min(1), jobSchema)
    .default({})
    .meta({ description: "When jobs are expected to run, by their names: for `notify check` and `notify digest`" }),
  transports: z
    .array(transportSettingsSchema)
    .default([])
    .meta({ description: "Where messages go; each gets them on its own" }),
  stateDir: stateDirSchema,
});

export type NotifyConfig = z.infer<typeof notifyConfigSchema>;

export const notifyConfigDescription: ConfigDescription<NotifyConfig> = {
  program: "notify",
  environmentPrefix: "NOTIFY",
  schema: notifyConfigSchema,
};

/** What to do where no transport is configured. */
export const firstTransportHint = `write /etc/backup-tools/notify.yaml, for example:
transports:
  - type: smtp
    host: mail.example.com
    from: backup@example.com
    to: [admin@example.com]`;
