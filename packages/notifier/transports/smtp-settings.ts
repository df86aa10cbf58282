import { absolutePathSchema, hostSchema, portSchema, secretSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { commonSettings, mailTemplates } from "./common-settings.ts";
import { isLoopback } from "./loopback.ts";
import { mailSettings } from "./mail-settings.ts";

export const smtpSecurities = ["none", "starttls", "tls"] as const;

const usualPorts = { none: 25, starttls: 587, tls: 465 } as const;

/** Mail through an SMTP server. */
export const smtpSettingsSchema = () =>
  z
    .strictObject({
      type: z.literal("smtp"),
      host: hostSchema.meta({ description: "The mail server" }),
      port: portSchema.optional().meta({ description: "Default: 587 with starttls, 465 with tls, 25 with none" }),
      security: z.enum(smtpSecurities).default("starttls").meta({
        description: "starttls (never without), tls from the first byte, or none; certificates are always checked",
      }),
      user: z.string().min(1).optional().meta({ description: "For servers that want a login" }),
      password: secretSchema().optional(),
      caFile: absolutePathSchema
        .optional()
        .meta({ description: "PEM file of a certificate authority to trust besides the usual ones" }),
      ...mailSettings(),
      ...commonSettings,
      templates: mailTemplates,
    })
    .superRefine(({ user, password, security, host }, context) => {
      const problem = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (user !== undefined && password === undefined) problem("password", "missing; a user needs a password");
      if (user === undefined && password !== undefined) problem("user", "missing; a password needs a user");
      if (password !== undefined && security === "none" && !isLoopback(host)) {
        problem("security", "would send the password unencrypted; expected starttls or tls");
      }
    })
    .transform((settings) => ({ ...settings, port: settings.port ?? usualPorts[settings.security] }));

export type SmtpSettings = z.infer<ReturnType<typeof smtpSettingsSchema>>;
