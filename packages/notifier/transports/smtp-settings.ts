import { isIP } from "node:net";
import { absolutePathSchema, hostSchema, portSchema, secretSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { commonSettings } from "./common-settings.ts";

export const smtpSecurities = ["none", "starttls", "tls"] as const;

const usualPorts = { none: 25, starttls: 587, tls: 465 } as const;

// What mail systems really take: one address, bare or with a name, on one line.
const addressPattern =
  /^(?:[^\p{Cc}<>,;"]*<([^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+)>|[^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+)$/u;

/** One mail address, bare or with a name. */
export const addressSchema = z.string().regex(addressPattern, {
  error: "expected one mail address such as admin@example.com or Backup <backup@example.com>",
});

/** Mail through an SMTP server. */
export const smtpSettingsSchema = z
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
    from: addressSchema.meta({ examples: ["backup@example.com", "Backup <backup@example.com>"] }),
    to: z.array(addressSchema).min(1, { error: "expected at least one recipient" }),
    ...commonSettings,
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

export type SmtpSettings = z.infer<typeof smtpSettingsSchema>;

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
