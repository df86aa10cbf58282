import type { ConfigDescription } from "@catapullt/core/config/load";
import { stateDirSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { transportSettingsSchema } from "./transports/registry.ts";

/** `notify.yaml` */
export const notifyConfigSchema = z.strictObject({
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
