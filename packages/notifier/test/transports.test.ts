import type { ReceivedRequest } from "@catapullt/testkit/http-stand-in";
import { expect } from "vitest";
import { describeTransport } from "./transport-conformance.ts";

const key = "k3y0Of7he9Webh00kInTheAddress";
const token = "t0ken-Of-The-Acc0unt-4711";
const fencePattern = /```\n((?:(?!```)[\s\S])*)\n```/g;

function json(request: ReceivedRequest, method = "POST") {
  expect([request.method, request.headers["content-type"]]).toEqual([method, "application/json; charset=utf-8"]);
  return JSON.parse(request.body);
}

/** What is left of a text when all its code fences are taken out, and what stands in those. */
function splitFences(text: string): { outside: string; inside: string } {
  const inside = [...text.matchAll(fencePattern)].map(([, content]) => content);
  return { outside: text.replaceAll(fencePattern, ""), inside: inside.join("\n") };
}

const plainCharacters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of something like HTML; throws where it has other elements than these or anything unescaped. */
function htmlText(html: string, elements: readonly string[]): string {
  const tags = [...html.matchAll(/<\/?([^>]*)>/g)].map(([, element]) => element);
  expect(tags.filter((element) => !elements.includes(element ?? ""))).toEqual([]);
  const text = html.replace(/<[^>]*>/g, "\n");
  expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => plainCharacters[name] ?? "");
}

describeTransport("slack", {
  settings: (origin) => ({ type: "slack", url: `${origin}/services/T0/B0/${key}` }),
  secrets: [key],
  accept(request) {
    expect(request.path).toBe(`/services/T0/B0/${key}`);
    const { text, blocks, mrkdwn } = json(request);
    const [header, ...sections] = blocks;
    const texts: string[] = sections.map(
      (section: { type: string; text: { type: string; text: string; verbatim: boolean } }) => {
        expect([section.type, section.text.type, section.text.verbatim]).toEqual(["section", "mrkdwn", true]);
        expect(section.text.text.length).toBeLessThanOrEqual(3_000);
        return section.text.text;
      },
    );
    expect([header.type, header.text.type, header.text.emoji, mrkdwn]).toEqual(["header", "plain_text", false, false]);
    expect(header.text.text.length).toBeLessThanOrEqual(150);
    expect(text.length).toBeLessThanOrEqual(4_000);
    const parts = texts.map(splitFences);
    expect(parts.map(({ outside }) => outside).join("")).toBe("");
    return [text, header.text.text, ...parts.map(({ inside }) => inside)].map((part) => htmlText(part, [])).join("\n");
  },
});

describeTransport("teams", {
  settings: (origin) => ({
    type: "teams",
    url: `${origin}/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=${key}`,
  }),
  secrets: [key],
  answer: { status: 202 },
  accept(request) {
    expect(request.path).toBe(`/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=${key}`);
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(28 * 1024);
    const { type, attachments } = json(request);
    expect([type, attachments.length, attachments[0].contentType]).toEqual([
      "message",
      1,
      "application/vnd.microsoft.card.adaptive",
    ]);
    const { type: card, version, body, msteams } = attachments[0].content;
    expect([card, version, msteams]).toEqual(["AdaptiveCard", "1.4", { width: "Full" }]);
    return body
      .map((element: { type: string; inlines: { type: string; text: string }[] }) => {
        expect([element.type, element.inlines.map((inline) => inline.type)]).toEqual(["RichTextBlock", ["TextRun"]]);
        return element.inlines[0]?.text;
      })
      .join("\n");
  },
});

describeTransport("mattermost", {
  settings: (origin) => ({ type: "mattermost", url: `${origin}/hooks/${key}` }),
  secrets: [key],
  accept(request) {
    expect(request.path).toBe(`/hooks/${key}`);
    const { attachments, text } = json(request);
    const [{ fallback, color, text: shown }] = attachments;
    expect([text, attachments.length, color]).toEqual([undefined, 1, expect.stringMatching(/^#[0-9a-f]{6}$/)]);
    expect(shown.length).toBeLessThanOrEqual(16_383);
    expect(fallback).not.toMatch(/@(?:all|channel|here)/);
    const { outside, inside } = splitFences(shown);
    expect(outside.trim()).toMatch(/^`[^`\n]+`$/);
    return `${outside}\n${inside}`;
  },
});

describeTransport("discord", {
  settings: (origin) => ({ type: "discord", url: `${origin}/api/webhooks/123/${key}` }),
  secrets: [key],
  accept(request) {
    expect(request.path).toBe(`/api/webhooks/123/${key}?wait=true`);
    const { allowed_mentions, embeds, content } = json(request);
    expect([content, allowed_mentions, embeds.length]).toEqual([undefined, { parse: [] }, 1]);
    const [{ title, description, color, timestamp }] = embeds;
    expect(title).toMatch(/^`[^`\n]{1,254}`$/);
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect([color, timestamp]).toEqual([expect.any(Number), expect.stringMatching(/^\d{4}-.*Z$/)]);
    const { outside, inside } = splitFences(description);
    expect(outside.trim()).toBe("");
    return `${title}\n${inside}`;
  },
});

describeTransport("healthchecks", {
  settings: (origin) => ({ type: "healthchecks", url: `${origin}/ping/${key}?create=1` }),
  secrets: [key],
  answer: { status: 200, body: "OK" },
  accept(request, { state, run }) {
    const signal = state === "test" ? "/log" : state === "failure" ? `/${run?.exitCode}` : "";
    expect([request.method, request.path]).toEqual(["POST", `/ping/${key}${signal}?create=1`]);
    expect(request.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(10_000);
    return request.body;
  },
});

describeTransport("matrix", {
  settings: (origin) => ({ type: "matrix", url: origin, token, room: "!room:example.com" }),
  secrets: [token],
  answer: { status: 200, body: '{"event_id": "$1"}' },
  accept(request, { id }) {
    expect(request.path).toBe(`/_matrix/client/v3/rooms/!room%3Aexample.com/send/m.room.message/${id}`);
    expect(request.headers.authorization).toBe(`Bearer ${token}`);
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(60_000);
    const { msgtype, body, format, formatted_body, "m.mentions": mentions } = json(request, "PUT");
    expect([msgtype, format, mentions]).toEqual(["m.text", "org.matrix.custom.html", {}]);
    expect(htmlText(formatted_body, ["strong", "pre"]).replace(/\s+/g, " ").trim()).toBe(
      body.replace(/\s+/g, " ").trim(),
    );
    return body;
  },
});

describeTransport("telegram", {
  settings: (origin) => ({ type: "telegram", url: origin, token: `4711:${token}`, chatId: -100123 }),
  secrets: [token],
  answer: { status: 200, body: '{"ok": true}' },
  accept(request) {
    expect(request.path).toBe(`/bot4711:${token}/sendMessage`);
    const { chat_id, text, parse_mode, link_preview_options } = json(request);
    expect([chat_id, parse_mode, link_preview_options]).toEqual([-100123, "HTML", { is_disabled: true }]);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text.replace(/<pre>[^<]*<\/pre>/g, "")).not.toMatch(/@\w/);
    return htmlText(text, ["b", "pre"]);
  },
});

describeTransport("ntfy", {
  settings: (origin) => ({ type: "ntfy", url: `${origin}/${key}`, token }),
  secrets: [key, token],
  answer: { status: 200, body: '{"id": "x"}' },
  accept(request) {
    expect([request.method, request.path, request.headers.authorization]).toEqual([
      "POST",
      `/${key}`,
      `Bearer ${token}`,
    ]);
    expect(request.headers["content-type"]).toBe("text/plain; charset=utf-8");
    for (const header of ["markdown", "md", "click", "actions", "attach", "x-markdown"])
      expect(request.headers).not.toHaveProperty(header);
    expect(request.headers.priority).toMatch(/^[1-5]$/);
    expect(request.headers.tags).toMatch(/^\w+$/);
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(4_096);
    const title = String(request.headers.title);
    expect(title).toMatch(/^[\x20-\x7e]+$/);
    const encoded = /^=\?UTF-8\?B\?(.*)\?=$/.exec(title)?.[1];
    return `${encoded === undefined ? title : Buffer.from(encoded, "base64").toString("utf8")}\n${request.body}`;
  },
});

describeTransport("gotify", {
  settings: (origin) => ({ type: "gotify", url: `${origin}/gotify/`, token }),
  secrets: [token],
  answer: { status: 200, body: '{"id": 1}' },
  accept(request) {
    expect([request.path, request.headers["x-gotify-key"]]).toEqual(["/gotify/message", token]);
    const { title, message, priority, extras } = json(request);
    expect([priority, extras]).toEqual([expect.any(Number), { "client::display": { contentType: "text/plain" } }]);
    expect(message.length).toBeLessThanOrEqual(16_000);
    return `${title}\n${message}`;
  },
});

describeTransport("pushover", {
  settings: (origin) => ({ type: "pushover", url: origin, token, user: "u5er-key-0f-pushover" }),
  secrets: [token, "u5er-key-0f-pushover"],
  answer: { status: 200, body: '{"status":1,"request":"x"}' },
  accept(request) {
    expect(request.path).toBe("/1/messages.json");
    const { token: sent, user, title, message, html, priority, timestamp } = json(request);
    expect([sent, user, html]).toEqual([token, "u5er-key-0f-pushover", undefined]);
    expect([-1, 0, 1]).toContain(priority);
    expect(title.length).toBeLessThanOrEqual(250);
    expect(message.length).toBeLessThanOrEqual(1_024);
    expect(Number.isInteger(timestamp)).toBe(true);
    return `${title}\n${message}`;
  },
});

describeTransport("pagerduty", {
  settings: (origin) => ({ type: "pagerduty", url: origin, routingKey: key }),
  secrets: [key],
  answer: { status: 202, body: '{"status":"success"}' },
  count: ({ state }) => (state === "test" ? 2 : 1),
  showsSuccess: false,
  accept(request, { state }) {
    expect(request.path).toBe("/v2/enqueue");
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(512_000);
    const { routing_key, event_action, dedup_key, payload } = json(request);
    expect([routing_key, dedup_key.startsWith("backup-tools/")]).toEqual([key, true]);
    expect(Buffer.byteLength(dedup_key)).toBeLessThanOrEqual(255);
    if (state !== "test") expect(event_action).toBe(state === "failure" ? "trigger" : "resolve");
    if (event_action === "resolve") return dedup_key;
    expect(payload.summary.length).toBeLessThanOrEqual(1_024);
    expect([payload.severity, payload.source]).toEqual([
      state === "test" ? "info" : "error",
      expect.stringMatching(/./),
    ]);
    return `${payload.summary}\n${payload.custom_details.what}\n${payload.custom_details.log}`;
  },
});

describeTransport("hipchat", {
  settings: (origin) => ({ type: "hipchat", url: origin, token, room: "Op s" }),
  secrets: [token],
  answer: { status: 204 },
  accept(request) {
    expect([request.path, request.headers.authorization]).toEqual(["/v2/room/Op%20s/notification", `Bearer ${token}`]);
    const { message, message_format, color } = json(request);
    expect([message_format, ["green", "yellow", "red"].includes(color)]).toEqual(["html", true]);
    expect(message.length).toBeLessThanOrEqual(10_000);
    return htmlText(message, ["strong", "pre"]);
  },
});
