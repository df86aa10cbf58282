import { keepStart, renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { PushoverSettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const longestTitle = 250;
const longestText = 1_024;
const priorities = { good: -1, notice: 0, bad: 1 } as const;

/** Pushover: https://pushover.net/api. The text is plain: neither `html` nor Markdown is asked for. */
export function createPushoverTransport(settings: PushoverSettings): Transport {
  return createHttpTransport({
    name: secretLabel("pushover", settings.token),
    service: "Pushover",
    keys: "`token`, the application's, and `user`",
    settings,
    defaultUrl: "https://api.pushover.net/1/messages.json",
    secrets: { token: settings.token, user: settings.user },
    requests: (message, url, secrets) => [jsonRequest(url, { ...secrets, ...pushoverPayload(message) })],
    findRefusal: (answer) => (/"status"\s*:\s*0/.test(answer) ? answer : undefined),
  });
}

function pushoverPayload({ subject, content, time }: Message): object {
  const { body, log } = renderBrief(content, { limit: longestText - 2, cost: (text) => Buffer.byteLength(text) });
  return {
    title: keepStart(subject, (text) => Buffer.byteLength(text) <= longestTitle),
    message: [body, log].filter((text) => text !== "").join("\n\n"),
    priority: priorities[content.tone],
    timestamp: Math.floor(time.getTime() / 1000),
  };
}
