import { keepStart, renderBrief } from "../message/brief.ts";
import { codeSpan, fence } from "../message/markup.ts";
import type { Message } from "../message/message.ts";
import type { DiscordSettings } from "./chat-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const longestTitle = 256;
const longestDescription = 4_096;
const colours = { good: 0x1a7f37, notice: 0x9a6700, bad: 0xcf222e } as const;

/**
 * Discord's webhooks with one embed: https://docs.discord.com/developers/resources/webhook#execute-webhook; limits:
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits. `wait` makes the answer tell whether the
 * message was posted.
 */
export function createDiscordTransport(settings: DiscordSettings): Transport {
  return createHttpTransport({
    name: secretLabel("discord", settings.url),
    service: "Discord",
    keys: "`url`: the webhook",
    settings,
    secrets: {},
    requests: (message, webhook) => {
      const url = new URL(webhook);
      url.searchParams.set("wait", "true");
      return [jsonRequest(url, discordPayload(message))];
    },
  });
}

function discordPayload({ subject, content, time }: Message): object {
  const fences = 2 * fence("").length + 1;
  const cost = (text: string) => fence(text).length - fence("").length;
  const { body, log } = renderBrief(content, { limit: longestDescription - fences, cost });
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: codeSpan(keepStart(subject, (text) => codeSpan(text).length <= longestTitle)),
        description: [fence(body), ...(log === "" ? [] : [fence(log)])].join("\n"),
        color: colours[content.tone],
        timestamp: time.toISOString(),
      },
    ],
  };
}
