import { absolutePathSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { commonSettings, mailTemplates } from "./common-settings.ts";
import { mailSettings } from "./mail-settings.ts";

/** A program of one's own. */
export const commandSettingsSchema = () =>
  z.strictObject({
    type: z.literal("command"),
    command: z.tuple([z.string().min(1)], z.string()).meta({
      description: "The program and its arguments; never run by a shell",
      examples: [["/usr/local/bin/tell", "--urgent"]],
    }),
    ...commonSettings,
  });

/** A file that grows by each message. */
export const fileSettingsSchema = () =>
  z.strictObject({
    type: z.literal("file"),
    path: absolutePathSchema.meta({ description: "The file to append to; made with mode 0600" }),
    format: z
      .enum(["json", "text"])
      .default("json")
      .meta({ description: "json for one document in each line, or text" }),
    ...commonSettings,
  });

/** Mail through the mail system of this host. */
export const sendmailSettingsSchema = () =>
  z.strictObject({
    type: z.literal("sendmail"),
    program: absolutePathSchema
      .prefault("/usr/sbin/sendmail")
      .meta({ description: "Takes the mail on standard input" }),
    ...mailSettings(),
    ...commonSettings,
    templates: mailTemplates,
  });

export type CommandSettings = z.infer<ReturnType<typeof commandSettingsSchema>>;
export type FileSettings = z.infer<ReturnType<typeof fileSettingsSchema>>;
export type SendmailSettings = z.infer<ReturnType<typeof sendmailSettingsSchema>>;
