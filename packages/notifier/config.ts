import type { ConfigDescription } from "@catapullt/core/config/load";
import { stateDirSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { transportSettingsSchema } from "./transports/registry.ts";

const example = `for example in /etc/backup-tools/notify.yaml:
transports:
  - type: smtp
    host: mail.example.com
    from: backup@example.com
    to: [admin@example.com]`;

/** `notify.yaml` */
export const notifyConfigSchema = z.strictObject({
  transports: z
    .array(transportSettingsSchema, {
      error: (issue) => (issue.input === undefined ? `missing; expected at least one, ${example}` : undefined),
    })
    .min(1, { error: `expected at least one, ${example}` })
    .meta({ description: "Where messages go; each gets them on its own" }),
  stateDir: stateDirSchema,
});

export type NotifyConfig = z.infer<typeof notifyConfigSchema>;

export const notifyConfigDescription: ConfigDescription<NotifyConfig> = {
  program: "notify",
  environmentPrefix: "NOTIFY",
  schema: notifyConfigSchema,
};
