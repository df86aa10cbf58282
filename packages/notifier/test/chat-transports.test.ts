import { expect } from "vitest";
import { htmlText, json, key, onlyKeys, splitFences, token } from "./payload-checks.ts";
import { describeTransport } from "./transport-conformance.ts";

describeTransport("slack", {
  settings: (origin) => ({ type: "slack", url: `${origin}/services/T0/B0/${key}` }),
  secrets: [key],
  accept(request) {
    expect(request.path).toBe(`/services/T0/B0/${key}`);
    const { text, blocks, mrkdwn, ...more } = json(request);
    expect(more).toEqual({ unfurl_links: false, unfurl_media: false });
    expect(blocks.length).toBeLessThanOrEqual(50);
    const [header, ...sections] = blocks;
    const texts: string[] = sections.map(
      (section: { type: string; text: { type: string; text: string; verbatim: boolean } }) => {
        expect([section.type, section.text.type, section.text.verbatim]).toEqual(["section", "mrkdwn", true]);
        expect(section.text.text.length).toBeLessThanOrEqual(3_000);
        onlyKeys(section, "type", "text");
        return section.text.text;
      },
    );
    expect([header.type, header.text.type, header.text.emoji, mrkdwn]).toEqual(["header", "plain_text", false, false]);
    expect(header.text.text).toMatch(/^.{1,150}$/u);
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
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(21_000);
    const { type, attachments, ...more } = json(request);
    expect(more).toEqual({});
    expect([type, attachments.length, attachments[0].contentType]).toEqual([
      "message",
      1,
      "application/vnd.microsoft.card.adaptive",
    ]);
    const { type: card, version, body, msteams } = attachments[0].content;
    expect([card, version, msteams]).toEqual(["AdaptiveCard", "1.4", { width: "Full" }]);
    return body
      .map((element: { type: string; inlines: { type: string; text: string }[] }) => {
        onlyKeys(element, "type", "spacing", "inlines");
        expect(element.inlines[0]?.text).toMatch(/^[^\n]+$/);
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
    const { attachments, ...more } = json(request);
    const [{ fallback, color, text: shown }] = attachments;
    expect([more, attachments.length, color]).toEqual([{}, 1, expect.stringMatching(/^#[0-9a-f]{6}$/)]);
    onlyKeys(attachments[0], "fallback", "color", "text");
    const stored = JSON.stringify({ attachments }).replace(/[&<>]/g, "\\u0026");
    expect([...stored].length).toBeLessThanOrEqual(7_600);
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
    const { allowed_mentions, embeds, ...more } = json(request);
    expect([more, allowed_mentions, embeds.length]).toEqual([{}, { parse: [] }, 1]);
    onlyKeys(embeds[0], "title", "description", "color", "timestamp");
    const [{ title, description, color, timestamp }] = embeds;
    expect(title).toMatch(/^`[^`\n]{1,254}`$/);
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect(color <= 0xffffff).toBe(true);
    expect([color, timestamp]).toEqual([expect.any(Number), expect.stringMatching(/^\d{4}-.*Z$/)]);
    const { outside, inside } = splitFences(description);
    expect(outside.trim()).toBe("");
    return `${title}\n${inside}`;
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
    const { msgtype, body, format, formatted_body, "m.mentions": mentions, ...more } = json(request, "PUT");
    expect(more).toEqual({});
    expect([msgtype, format, mentions]).toEqual(["m.text", "org.matrix.custom.html", {}]);
    expect(htmlText(formatted_body, ["strong", "pre"]).replace(/\s+/g, " ").trim()).toBe(
      body.replace(/\s+/g, " ").trim(),
    );
    return body;
  },
});

describeTransport("hipchat", {
  settings: (origin) => ({ type: "hipchat", url: origin, token, room: "Op s" }),
  secrets: [token],
  answer: { status: 204 },
  accept(request) {
    expect([request.path, request.headers.authorization]).toEqual(["/v2/room/Op%20s/notification", `Bearer ${token}`]);
    const { message, message_format, color, notify, ...more } = json(request);
    expect([more, typeof notify]).toEqual([{}, "boolean"]);
    expect([message_format, ["green", "yellow", "red"].includes(color)]).toEqual(["html", true]);
    expect(message.length).toBeLessThanOrEqual(10_000);
    return htmlText(message, ["strong", "pre"]);
  },
});
