import { escapeHtml } from "@catapullt/core/html";
import { renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { HipchatSettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, resourceUrl } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const longestText = 10_000;
const frame = "<strong></strong><pre></pre><pre></pre>".length;
const colours = { good: "green", notice: "yellow", bad: "red" } as const;

/**
 * Room notifications of HipChat Server, API v2: https://www.hipchat.com/docs/apiv2/method/send_room_notification (`color`,
 * `notify`, `message_format`, at most 10,000 characters). In messages of format `html`, `@all` mentions nobody.
 */
export function createHipchatTransport(settings: HipchatSettings): Transport {
  return createHttpTransport({
    name: `hipchat ${settings.room}`,
    service: "HipChat",
    keys: "`url`, `token` and `room`",
    settings,
    secrets: { token: settings.token },
    requests: (message, url, { token }) => {
      const headers = { authorization: `Bearer ${token}` };
      const address = resourceUrl(url, "v2", "room", settings.room, "notification");
      return [jsonRequest(address, hipchatPayload(message), { headers })];
    },
  });
}

function hipchatPayload({ subject, content }: Message): object {
  const title = escapeHtml(subject);
  const cost = (text: string) => escapeHtml(text).length;
  const { body, log } = renderBrief(content, { limit: longestText - frame - title.length, cost });
  const blocks = [body, log].filter((text) => text !== "").map((text) => `<pre>${escapeHtml(text)}</pre>`);
  return {
    message: `<strong>${title}</strong>${blocks.join("")}`,
    message_format: "html",
    color: colours[content.tone],
    notify: content.tone !== "good",
  };
}
