import { absolutePathSchema, secretSchema, secretSchemas } from "@catapullt/core/config/schema";
import type { Secret } from "@catapullt/core/config/secret";
import type { z } from "zod";
import { commonSettings } from "./common-settings.ts";
import { parseSecretUrl } from "./secret-url.ts";

/** The keys that every transport over HTTP has besides `url`. */
export const httpSettings = {
  caFile: absolutePathSchema
    .optional()
    .meta({ description: "PEM file of a certificate authority to trust besides the usual ones" }),
  ...commonSettings,
};

export interface HttpSettings {
  url?: Secret | undefined;
  caFile?: string | undefined;
}

/** An address, which is a secret: it is masked, and never quoted. */
export function urlSchema(description: string) {
  const schema: z.ZodType<Secret, Secret> = secretSchema().refine(
    (secret) => typeof secret !== "string" || parseSecretUrl(secret) !== undefined,
    { error: "expected an address that begins with https:// (or { file: PATH } of a file that holds it)" },
  );
  return schema.register(secretSchemas, { secret: true }).meta({ description });
}
