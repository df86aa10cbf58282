import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { documentOf } from "../message/document.ts";
import { transportSettingsSchema } from "../transports/registry.ts";
import { describeTransport, printed, send } from "./transport-conformance.ts";
import { hostileMessage, httpStandIn, messages } from "./transport-fixtures.ts";

const key = "k3y0Of7he9Webh00kInTheAddress";
const secret = "the-Key-that-s1gns";
const authorization = "Basic dXNlcjpwYXNzd29yZA==";

describeTransport("webhook", {
  settings: (origin) => ({
    type: "webhook",
    url: `${origin}/in?key=${key}`,
    headers: { Authorization: authorization },
    secret,
  }),
  secrets: [key, secret, authorization],
  accept({ method, path, headers, body }, message) {
    expect([method, path, headers["content-type"]]).toEqual([
      "POST",
      `/in?key=${key}`,
      "application/json; charset=utf-8",
    ]);
    expect(headers.authorization).toBe(authorization);
    expect(headers["x-signature-256"]).toBe(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
    expect(JSON.parse(body)).toEqual(documentOf(message));
    const { subject, summary, problems, log } = JSON.parse(body);
    return [subject, summary, ...problems.map(({ text }: { text: string }) => text), "…", ...log].join("\n");
  },
});

describe("the webhook's document", () => {
  it("tells what happened in fields", () => {
    expect(documentOf(messages.failure)).toMatchObject({
      schemaVersion: 1,
      time: "2026-11-23T02:03:05.000Z",
      job: "wiki2",
      host: "wiki01",
      state: "failure",
      recovery: false,
      exitCode: 3,
      startedAt: "2026-11-23T02:00:00.000Z",
      seconds: 185,
      problems: [{ text: "wiki2: the dump ended early", hint: "look at the server" }],
      log: ["the first line", "the last line"],
    });
    expect(documentOf(messages.recovery)).toMatchObject({ state: "success", recovery: true, exitCode: 0 });
    expect(documentOf(messages.test)).toMatchObject({ state: "test", exitCode: null, startedAt: null, seconds: null });
  });
});

describe("the webhook's body", () => {
  it("is the template with its placeholders, whatever they hold, and stays JSON", async () => {
    const standIn = await httpStandIn();
    const body =
      '{"title": "{{ subject }}", "n": {{exitCode}}, "log": "{{log}}", "who": ["{{job}}", "{{host}}"], "$&": "$1"}';
    const settings = { type: "webhook", url: `${standIn.origin}/in`, method: "PUT", body };
    const { failure } = await send(settings, hostileMessage);
    const [request] = standIn.requests;
    const { subject, job, host, log } = documentOf(hostileMessage);
    expect([failure, request?.method]).toEqual([undefined, "PUT"]);
    expect(JSON.parse(request?.body ?? "")).toEqual({
      title: subject,
      n: 1,
      log: log.join("\n"),
      who: [job, host],
      "$&": "$1",
    });
  });

  it("has the content type that is set", async () => {
    const standIn = await httpStandIn();
    const headers = { "Content-Type": "text/x-summary", "X-Own": "yes" };
    await send({ type: "webhook", url: standIn.origin, headers, body: "{{summary}}" }, messages.success);
    expect(standIn.requests[0]?.headers).toMatchObject({ "content-type": "text/x-summary", "x-own": "yes" });
    expect(standIn.requests[0]?.body).toBe("1.23 GB in 3 min 5 s");
  });

  it.each([
    [{ headers: { "a b": "x" } }, "expected the name of a header"],
    [{ headers: { "Content-Length": "1" } }, "expected the name of a header"],
    [{ method: "DELETE" }, "POST"],
    [{ url: "ftp://example.com/some-key" }, "begins with https://"],
  ])("is refused with %j", (more, problem) => {
    const result = transportSettingsSchema().safeParse({ type: "webhook", url: "https://example.com/", ...more });
    expect(result.error?.message).toContain(problem);
    expect(result.error?.message).not.toContain("some-key");
  });
});

describe("a header that cannot be sent", () => {
  it("is told without its value", async () => {
    const standIn = await httpStandIn();
    const delivery = await send({
      type: "webhook",
      url: standIn.origin,
      headers: { "X-Key": "s3cret-part\nX-Other: y" },
    });
    expect([standIn.requests.length, delivery.tries]).toEqual([0, 1]);
    expect(delivery.failure?.message).toContain("cannot be made: invalid x-key header");
    expect(printed(delivery)).not.toContain("s3cret-part");
  });
});
