import { keepStart, renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { TeamsSettings } from "./chat-settings.ts";
import { createHttpTransport, jsonRequest, secretLabel } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// A posted message may have about 28 KB, with what Teams adds: messages of more than 21 KB have been refused.
const longestBody = 18_000;
const longestTitle = 250;
const colours = { good: "Good", notice: "Warning", bad: "Attention" } as const;

/**
 * A Teams workflow ('When a Teams webhook request is received') that posts an adaptive card:
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using; size limit:
 * https://learn.microsoft.com/en-us/connectors/teams/. The texts are text runs, in which Markdown means nothing, and without
 * entities there are no mentions: https://learn.microsoft.com/en-us/adaptive-cards/schema-explorer/text-run.
 */
export function createTeamsTransport(settings: TeamsSettings): Transport {
  return createHttpTransport({
    name: secretLabel("teams", settings.url),
    service: "Teams",
    keys: "`url`: the workflow, which must be on and have an owner",
    settings,
    secrets: {},
    requests: (message, url) => [jsonRequest(url, teamsPayload(message))],
    findRefusal: (answer) => (/returned HTTP error/i.test(answer) ? answer : undefined), // of the older connectors, with status 200
  });
}

function teamsPayload({ subject, content }: Message): object {
  const { body, log } = renderBrief(content, { limit: longestBody, cost });
  const title = keepStart(subject, (text) => text.length <= longestTitle);
  const elements = [
    line(title, { weight: "Bolder", size: "Medium", color: colours[content.tone] }, "Default"),
    ...lines(body, {}),
    ...(log === "" ? [] : lines(log, { fontType: "Monospace", size: "Small" })),
  ];
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: { width: "Full" },
          body: elements,
        },
      },
    ],
  };
}

// Text runs do not keep line feeds everywhere, so each line is an element of its own.
function lines(text: string, style: object): object[] {
  return text.split("\n").map((content, index) => line(content, style, index === 0 ? "Default" : "None"));
}

function line(text: string, style: object, spacing: "Default" | "None"): object {
  // An element without any text is not shown, and with it the empty line is lost.
  return {
    type: "RichTextBlock",
    spacing,
    inlines: [{ type: "TextRun", text: text === "" ? "\u00a0" : text, ...style }],
  };
}

function cost(text: string): number {
  return Buffer.byteLength(JSON.stringify(lines(text, { fontType: "Monospace", size: "Small" })));
}
