import { hostSchema, secretSchema, secretSchemas } from "@catapullt/core/config/schema";
import type { Secret } from "@catapullt/core/config/secret";
import { z } from "zod";

// What mail systems really take: one address, bare or with a name, on one line.
const addressPattern =
  /^(?:[^\p{Cc}<>,;"]*<([^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+)>|[^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+)$/u;

/** One mail address, bare or with a name. */
const addressSchema = () =>
  z.string().regex(addressPattern, {
    error: "expected one mail address such as admin@example.com or Backup <backup@example.com>",
  });

const keySchema = (): z.ZodType<Secret, Secret> =>
  secretSchema().refine(
    (secret) => typeof secret !== "string" || /^\s*-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(secret),
    { error: "expected { file: PATH } of an RSA key in PEM form, without a passphrase" },
  );

const dkimSchema = () =>
  z
    .strictObject({
      domain: hostSchema.meta({ description: "Who signs: the domain of `from`, else receivers give nothing for it" }),
      selector: z
        .string()
        .regex(/^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i, {
          error: "expected the part before ._domainkey of the DNS record's name, such as backup2026",
        })
        .meta({ description: "Which key of the domain it is", examples: ["backup2026"] }),
      privateKey: keySchema()
        .register(secretSchemas, { secret: true })
        .meta({ description: "The RSA key as PEM; the public half stands in the DNS" }),
    })
    .meta({ description: "Signs each mail (RFC 6376), where the mail server does not do so itself" });

/** The keys that mail has, whichever way it goes. */
export const mailSettings = () => ({
  from: addressSchema().meta({
    description: "Who sends; what cannot be delivered comes back there",
    examples: ["backup@example.com", "Backup <backup@example.com>"],
  }),
  to: z.array(addressSchema()).min(1, { error: "expected at least one recipient" }),
  replyTo: addressSchema().optional().meta({ description: "Where answers go. Default: to `from`" }),
  dkim: dkimSchema().optional(),
});

export type DkimSettings = z.infer<ReturnType<typeof dkimSchema>>;

/** The part of a transport's settings that `mailSettings` describes. */
export interface MailSettings {
  from: string;
  to: readonly string[];
  replyTo?: string | undefined;
  dkim?: DkimSettings | undefined;
}
