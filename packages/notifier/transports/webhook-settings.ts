import { secretSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { httpSettings, urlSchema } from "./http-settings.ts";

// What a header may be called (RFC 9110), and those that are the connection's own.
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const ownHeaders = new Set(["host", "content-length", "transfer-encoding", "connection"]);

/** Any server that takes a request: the message as JSON, or a body of one's own. */
export const webhookSettingsSchema = () =>
  z.strictObject({
    type: z.literal("webhook"),
    url: urlSchema("Where the request goes"),
    method: z.enum(["POST", "PUT", "PATCH"]).default("POST"),
    headers: z
      .record(
        z.string().refine((name) => headerName.test(name) && !ownHeaders.has(name.toLowerCase()), {
          error: "expected the name of a header that may be set, such as Authorization",
        }),
        secretSchema(),
      )
      .default({})
      .meta({
        description:
          "Headers to send; their values are secrets. Content-Type is application/json unless it stands here",
      }),
    body: z
      .string()
      .optional()
      .meta({
        description:
          "Liquid template of JSON, with {{placeholders}} inside its texts. Default: the whole message as a JSON document",
        examples: ['{"title": "{{subject}}", "body": "{{text}}"}'],
      }),
    secret: secretSchema()
      .optional()
      .meta({ description: "Signs the body: X-Signature-256 is sha256= and the HMAC-SHA256 in hexadecimal digits" }),
    ...httpSettings,
  });

export type WebhookSettings = z.infer<ReturnType<typeof webhookSettingsSchema>>;
