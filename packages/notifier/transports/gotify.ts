import { renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { GotifySettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, resourceUrl, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// Gotify names no limit; this is what can be read on a phone.
const longestText = 16_000;
const priorities = { good: 2, notice: 5, bad: 8 } as const;

/** An application of Gotify: https://gotify.net/docs/pushmsg, as plain text: https://gotify.net/docs/msgextras. */
export function createGotifyTransport(settings: GotifySettings): Transport {
  return createHttpTransport({
    name: secretLabel("gotify", settings.token),
    service: "Gotify",
    keys: "`url`, and `token`: that of an application, not of a client",
    settings,
    secrets: { token: settings.token },
    requests: (message, url, { token }) => [
      jsonRequest(resourceUrl(url, "message"), gotifyPayload(message), { headers: { "x-gotify-key": token } }),
    ],
  });
}

function gotifyPayload({ subject, content }: Message): object {
  const { body, log } = renderBrief(content, { limit: longestText - 2, cost: (text) => text.length });
  return {
    title: subject,
    message: [body, log].filter((text) => text !== "").join("\n\n"),
    priority: priorities[content.tone],
    extras: { "client::display": { contentType: "text/plain" } },
  };
}
