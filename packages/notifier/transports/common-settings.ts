import { durationSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { events } from "../events.ts";
import { mailTemplatesSchema, textTemplatesSchema } from "../message/template-settings.ts";

/** How often a transport is told of one and the same trouble; undefined: every time. */
export const remindSchema = durationSchema().optional();

const ownForms = "Forms of your own for this transport's messages, in place of those at top level";

/** `templates` of mails, which have HTML too. */
export const mailTemplates = mailTemplatesSchema.meta({ description: ownForms });

/** The keys that every transport has. */
export const commonSettings = {
  on: z
    .array(z.enum(events))
    .min(1, { error: `expected one or more of ${events.join(", ")}; leave the key out for all` })
    .optional()
    .meta({ description: "When to send: success, warning, failure, recovery. Default: always" }),
  remind: remindSchema.meta({
    description: "How often to tell of a job that goes on failing in the same way, such as 24h. Default: every time",
  }),
  digest: z.boolean().optional().meta({
    description: "Whether `notify digest` comes this way. Default: true, but for healthchecks and pagerduty",
  }),
  templates: textTemplatesSchema.meta({ description: ownForms }),
  timeout: durationSchema().prefault("60s").meta({ description: "How long a message may take, all tries included." }),
};
