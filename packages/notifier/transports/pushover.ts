import { keepStart, renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { PushoverSettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const longestTitle = 250;
const longestText = 1_024;
const priorities = { good: -1, notice: 0, bad: 1 } as const;

const countCharacters = (text: string) => [...text].length;

/**
 * Pushover: https://pushover.net/api, with its limits in characters, whatever their bytes. The text is plain: neither `html`
 * nor `monospace` is asked for. A failure has the priority 1: 2, an emergency, would ring until somebody confirms it.
 */
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
  const { body, log } = renderBrief(content, { limit: longestText - 2, cost: countCharacters });
  return {
    title: keepStart(subject, (text) => countCharacters(text) <= longestTitle),
    message: [body, log].filter((text) => text !== "").join("\n\n"),
    priority: priorities[content.tone],
    timestamp: Math.floor(time.getTime() / 1000),
  };
}
