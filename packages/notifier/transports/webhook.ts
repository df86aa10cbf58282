import { createHmac } from "node:crypto";
import type { Secret } from "@catapullt/core/config/secret";
import { documentOf } from "../message/document.ts";
import type { Message } from "../message/message.ts";
import { fillBody } from "../message/templates/render.ts";
import type { HttpRequest } from "./http.ts";
import { createHttpTransport, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

const headerPrefix = "header ";
const signingKey = "secret";

/** A request to any server: by default the `MessageDocument` as JSON, signed over the bytes of the body. */
export function createWebhookTransport(settings: WebhookSettings): Transport {
  const { headers, secret } = settings;
  const secrets: Record<string, Secret> = secret === undefined ? {} : { [signingKey]: secret };
  for (const [name, value] of Object.entries(headers)) secrets[`${headerPrefix}${name.toLowerCase()}`] = value;
  return createHttpTransport({
    name: secretLabel("webhook", settings.url),
    service: "the webhook",
    keys: "`url` and `headers`",
    settings,
    secrets,
    requests: (message, url, resolved) => [webhookRequest(message, url, { settings, secrets: resolved })],
  });
}

function webhookRequest(
  message: Message,
  url: URL,
  { settings, secrets }: { settings: WebhookSettings; secrets: Record<string, string> },
): HttpRequest {
  const document = documentOf(message);
  const filled = settings.body === undefined ? undefined : fillBody(settings.body, document);
  const body = filled ?? JSON.stringify(document);
  const { [signingKey]: key, ...rest } = secrets;
  const named = Object.entries(rest).map(([name, value]) => [name.slice(headerPrefix.length), value]);
  const { "content-type": contentType = "application/json; charset=utf-8", ...headers } = Object.fromEntries(named);
  const signature =
    key === undefined ? {} : { "x-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}` };
  return { url, method: settings.method, contentType, body, headers: { ...headers, ...signature } };
}
