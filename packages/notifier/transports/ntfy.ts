import type { Secret } from "@catapullt/core/config/secret";
import { renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { NtfySettings } from "./account-settings.ts";
import { createHttpTransport, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// What is longer becomes an attachment, which many servers refuse.
const longestText = 4_096;
const separator = "\n\n";
const priorities = { good: "2", notice: "3", bad: "4" } as const;
const tags = { good: "white_check_mark", notice: "warning", bad: "rotating_light" } as const;

/**
 * A topic of ntfy: https://docs.ntfy.sh/publish/. Titles that are not ASCII are encoded as RFC 2047 says; without the header
 * `Markdown` the text is plain.
 */
export function createNtfyTransport(settings: NtfySettings): Transport {
  const { token } = settings;
  const secrets: Record<string, Secret> = token === undefined ? {} : { token };
  return createHttpTransport({
    name: secretLabel("ntfy", settings.url),
    service: "ntfy",
    keys: "`url`: the topic's address, and `token`",
    settings,
    secrets,
    requests: (message, url, { token: bearer }) => [
      {
        url,
        headers: {
          title: encodeHeader(message.subject),
          priority: priorities[message.content.tone],
          tags: tags[message.content.tone],
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        contentType: "text/plain; charset=utf-8",
        body: ntfyText(message),
      },
    ],
  });
}

function ntfyText({ content }: Message): string {
  const { body, log } = renderBrief(content, {
    limit: longestText - separator.length,
    cost: (text) => Buffer.byteLength(text),
  });
  return [body, log].filter((text) => text !== "").join(separator);
}

// Also what looks encoded already, which the server would decode.
function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes("=?")
    ? text
    : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}
