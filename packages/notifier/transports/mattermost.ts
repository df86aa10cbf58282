import { renderBrief } from "../message/brief.ts";
import { codeSpan, fence, separateMentions } from "../message/markup.ts";
import type { Message } from "../message/message.ts";
import type { MattermostSettings } from "./chat-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// A post may have 16,383 characters; what is longer is split into several posts.
const longestText = 12_000;
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
  const { body, log } = renderBrief(content, { limit: longestText, cost: (text) => fence(text).length });
  const text = [codeSpan(subject), fence(body), ...(log === "" ? [] : [fence(log)])].join("\n");
  return { attachments: [{ fallback: separateMentions(subject), color: colours[content.tone], text }] };
}
