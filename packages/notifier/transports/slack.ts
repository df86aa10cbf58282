import { keepStart, renderBrief } from "../message/brief.ts";
import { escapeTags, fence } from "../message/markup.ts";
import type { Message } from "../message/message.ts";
import type { SlackSettings } from "./chat-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// Slack's own limits, of escaped texts.
const longestHeader = 150;
const longestSection = 3_000;
const longestText = longestSection - fence("").length;

const cost = (text: string) => fence(escapeTags(text)).length - fence("").length;

/**
 * Slack's incoming webhooks, with Block Kit: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * https://docs.slack.dev/reference/block-kit/blocks. Escaping, which also undoes `<!channel>`:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping.
 */
export function createSlackTransport(settings: SlackSettings): Transport {
  return createHttpTransport({
    name: secretLabel("slack", settings.url),
    service: "Slack",
    keys: "`url`: the webhook",
    settings,
    secrets: {},
    requests: (message, url) => [jsonRequest(url, slackPayload(message))],
  });
}

function slackPayload({ subject, content }: Message): object {
  const header = escapeTags(keepStart(subject, (text) => escapeTags(text).length <= longestHeader));
  const { body, log } = renderBrief(content, { limit: 2 * longestText, each: longestText, cost });
  return {
    text: escapeTags(subject), // for notifications
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: { type: "plain_text", text: header, emoji: false } },
      ...[body, log].filter((text) => text !== "").map(section),
    ],
  };
}

function section(text: string): object {
  return { type: "section", text: { type: "mrkdwn", text: fence(escapeTags(text)), verbatim: true } };
}
