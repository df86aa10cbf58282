import { renderBrief } from "../message/brief.ts";
import { codeSpan, fence, separateMentions } from "../message/markup.ts";
import type { Message } from "../message/message.ts";
import type { MattermostSettings } from "./chat-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// Servers before version 7 take attachments of 8,000 characters of JSON, some of which are their own; newer ones far more.
const longestAttachment = 7_500;
const frame = 150;
const colours = { good: "#1a7f37", notice: "#9a6700", bad: "#cf222e" } as const;

/**
 * Mattermost's incoming webhooks with a message attachment: https://developers.mattermost.com/integrate/webhooks/incoming/,
 * https://developers.mattermost.com/integrate/reference/message-attachments/. In code, `@all` mentions nobody.
 */
export function createMattermostTransport(settings: MattermostSettings): Transport {
  return createHttpTransport({
    name: secretLabel("mattermost", settings.url),
    service: "Mattermost",
    keys: "`url`: the incoming webhook",
    settings,
    secrets: {},
    requests: (message, url) => [jsonRequest(url, mattermostPayload(message))],
  });
}

function mattermostPayload({ subject, content }: Message): object {
  const title = codeSpan(subject);
  const fallback = separateMentions(subject);
  const limit = longestAttachment - frame - cost(title) - cost(fallback);
  const { body, log } = renderBrief(content, { limit, cost: (text) => cost(fence(text)) });
  const text = [title, fence(body), ...(log === "" ? [] : [fence(log)])].join("\n");
  return { attachments: [{ fallback, color: colours[content.tone], text }] };
}

// The server writes JSON as Go does, where these three characters are six each.
function cost(text: string): number {
  return JSON.stringify(text).length + 5 * (text.match(/[&<>]/g)?.length ?? 0);
}
