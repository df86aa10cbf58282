import { renderBrief } from "../message/brief.ts";
import { escapeTags, separateMentions } from "../message/markup.ts";
import type { Message } from "../message/message.ts";
import type { TelegramSettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, resourceUrl } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// Counted in UTF-16 units after the markup is taken out; escaped text is longer, so this is on the safe side.
const longestText = 4_096;
const frame = "<b></b>\n<pre></pre>\n<pre></pre>".length;

/**
 * Telegram's bots: https://core.telegram.org/bots/api#sendmessage, with `parse_mode` HTML
 * (https://core.telegram.org/bots/api#html-style). Within `pre`, names and addresses are neither mentions nor links.
 */
export function createTelegramTransport(settings: TelegramSettings): Transport {
  return createHttpTransport({
    name: `telegram ${settings.chatId}`,
    service: "Telegram",
    keys: "`token` and `chatId`: the bot must be in the chat",
    settings,
    defaultUrl: "https://api.telegram.org/",
    secrets: { token: settings.token },
    requests: (message, url, { token }) => [
      jsonRequest(botUrl(url, token), { chat_id: settings.chatId, ...telegramPayload(message) }),
    ],
  });
}

// A token has a colon, which Telegram wants as it is.
function botUrl(base: URL, token: string): URL {
  const url = resourceUrl(base, `bot${token}`, "sendMessage");
  url.pathname = url.pathname.replaceAll("%3A", ":");
  return url;
}

function telegramPayload({ subject, content }: Message): object {
  const title = escapeTags(separateMentions(subject));
  const cost = (text: string) => escapeTags(text).length;
  const { body, log } = renderBrief(content, { limit: longestText - frame - title.length, cost });
  const blocks = [body, log].filter((text) => text !== "").map((text) => `<pre>${escapeTags(text)}</pre>`);
  return {
    text: [`<b>${title}</b>`, ...blocks].join("\n"),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    disable_notification: content.tone === "good",
  };
}
