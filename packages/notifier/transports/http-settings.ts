import { absolutePathSchema, secretSchema, secretSchemas } from "@catapullt/core/config/schema";
import type { Secret } from "@catapullt/core/config/secret";
import { z } from "zod";
import { commonSettings } from "./common-settings.ts";
import { isLoopback } from "./loopback.ts";
import { parseSecretUrl } from "./secret-url.ts";

/** The keys that every transport over HTTP has besides `url`. */
export const httpSettings = {
  caFile: absolutePathSchema
    .optional()
    .meta({ description: "PEM file of a certificate authority to trust besides the usual ones" }),
  allowHttp: z.boolean().optional().meta({
    description:
      "Allow an address with http:// elsewhere than on this host: message and token then go over the network for everybody there to read. Default: false",
  }),
  ...commonSettings,
};

export interface HttpSettings {
  url?: Secret | undefined;
  caFile?: string | undefined;
  allowHttp?: boolean | undefined;
}

/** What is wrong with an address that stands in the settings themselves; undefined where nothing is, or it is read later. */
export function findUrlProblem({ url, allowHttp }: HttpSettings): string | undefined {
  const address = typeof url === "string" ? parseSecretUrl(url) : undefined;
  if (address?.protocol !== "http:" || allowHttp || isLoopback(address.hostname)) return undefined;
  return "expected https://, since http:// to another host is unencrypted; `allowHttp: true` accepts that";
}

/** An address, which is a secret: it is masked, and never quoted. */
export function urlSchema(description: string) {
  const schema: z.ZodType<Secret, Secret> = secretSchema().refine(
    (secret) => typeof secret !== "string" || parseSecretUrl(secret) !== undefined,
    { error: "expected an address that begins with https:// (or { file: PATH } of a file that holds it)" },
  );
  return schema.register(secretSchemas, { secret: true }).meta({ description });
}
