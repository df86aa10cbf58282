import { expect } from "vitest";
import { htmlText, json, key, onlyKeys, token } from "./payload-checks.ts";
import { describeTransport } from "./transport-conformance.ts";

describeTransport("healthchecks", {
  settings: (origin) => ({ type: "healthchecks", url: `${origin}/ping/${key}?create=1` }),
  secrets: [key],
  answer: { status: 200, body: "OK" },
  accept(request, { state, run }) {
    expect(run?.exitCode ?? 0).toBeLessThanOrEqual(255);
    const signal = state === "test" ? "/log" : state === "failure" ? `/${run?.exitCode ?? "fail"}` : "";
    expect([request.method, request.path]).toEqual(["POST", `/ping/${key}${signal}?create=1`]);
    expect(request.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(10_000);
    return request.body;
  },
});

describeTransport("telegram", {
  settings: (origin) => ({ type: "telegram", url: origin, token: `4711:${token}`, chatId: -100123 }),
  secrets: [token],
  answer: { status: 200, body: '{"ok": true}' },
  accept(request) {
    expect(request.path).toBe(`/bot4711:${token}/sendMessage`);
    const { chat_id, text, parse_mode, link_preview_options, disable_notification, ...more } = json(request);
    expect([more, typeof disable_notification]).toEqual([{}, "boolean"]);
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
    const { title, message, priority, extras, ...more } = json(request);
    expect([more, Number.isInteger(priority) && priority >= 0 && priority <= 10]).toEqual([{}, true]);
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
    const { token: sent, user, title, message, priority, timestamp, ...more } = json(request);
    expect([sent, user, more]).toEqual([token, "u5er-key-0f-pushover", {}]);
    expect([-2, -1, 0, 1]).toContain(priority); // 2 would want `retry` and `expire`
    expect([...title].length).toBeLessThanOrEqual(250);
    expect(message).toMatch(/\S/);
    expect([...message].length).toBeLessThanOrEqual(1_024);
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
    const { routing_key, event_action, dedup_key, payload, ...more } = json(request);
    onlyKeys(more, ...(event_action === "trigger" ? ["client"] : []));
    expect([routing_key, dedup_key.startsWith("backup-tools/")]).toEqual([key, true]);
    expect(Buffer.byteLength(dedup_key)).toBeLessThanOrEqual(255);
    if (state !== "test") expect(event_action).toBe(state === "failure" ? "trigger" : "resolve");
    if (event_action === "resolve") return dedup_key;
    onlyKeys(payload, "summary", "source", "severity", "timestamp", "component", "custom_details");
    expect(payload.summary).toMatch(/^.{1,1024}$/u);
    expect(payload.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect([payload.severity, payload.source]).toEqual([
      state === "test" ? "info" : "error",
      expect.stringMatching(/./),
    ]);
    return `${payload.summary}\n${payload.custom_details.what}\n${payload.custom_details.log}`;
  },
});
