import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HttpProxy, type HttpProxyOptions, startHttpProxy } from "@catapullt/testkit/http-proxy";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it, onTestFinished } from "vitest";
import { renderOutcome } from "../message/render.ts";
import { smtpTransport } from "./support.ts";
import { printed, send } from "./transport-conformance.ts";
import { httpStandIn, messages, outcome } from "./transport-fixtures.ts";

const key = "k3y0Of7he9Webh00kInTheAddress";
const slack = (origin: string) => ({ type: "slack", url: `${origin}/services/${key}` });

async function httpProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const proxy = await startHttpProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

describe("a message over HTTP", () => {
  it("waits as long as the service asks, and is not sent again where that is longer than it has time", async () => {
    const patient = await httpStandIn({ answers: [{ status: 429, headers: { "retry-after": "2" } }] });
    const { duration, tries } = await send(slack(patient.origin));
    expect([tries, duration >= 2_000]).toEqual([2, true]);

    const busy = await httpStandIn({ answer: () => ({ status: 429, headers: { "retry-after": "3600" } }) });
    const { failure, ...rest } = await send(slack(busy.origin));
    expect([rest.tries, rest.duration < 10_000, busy.requests.length]).toEqual([1, true, 1]);
    expect(failure?.message).toContain("takes no more messages for now (429 Too Many Requests)");
  });

  it("gets through after a connection that is cut", async () => {
    const standIn = await httpStandIn({ answers: [{ does: "drop" }] });
    const { failure, tries } = await send(slack(standIn.origin));
    expect([failure, tries]).toEqual([undefined, 2]);
  });

  it("is content with the start of an answer without any end", async () => {
    const standIn = await httpStandIn({ answer: () => ({ does: "endless" }) });
    expect((await send(slack(standIn.origin))).failure).toBeUndefined();
  });

  it("quotes the answer, bounded, on one line and without the address", async () => {
    const body = `<html><h1>invalid_token</h1>\n\u001b[31m/services/${key} ${"long ".repeat(1_000)}`;
    const standIn = await httpStandIn({ answer: () => ({ status: 403, body }) });
    const delivery = await send(slack(standIn.origin));
    const { message = "" } = delivery.failure ?? {};
    expect(message).toMatch(
      /^Slack refuses the message \(403 Forbidden: invalid_token \/\*{8}\/\*{8} long [ long]*…\)$/,
    );
    expect(message.length).toBeLessThan(400);
    expect(printed(delivery)).not.toContain(key);
  });

  it("goes nowhere unencrypted but to this host", async () => {
    const file = join(temporaryDirectory("transport"), "gotify.url");
    writeFileSync(file, "http://gotify.example.com\n", { mode: 0o600 });
    const delivery = await send({ type: "gotify", url: { file }, token: "some-token" });
    expect([delivery.tries, delivery.failure?.message]).toEqual([
      1,
      "the message for Gotify would go unencrypted to gotify.example.com",
    ]);
    expect(delivery.failure?.hint).toMatch(/https:\/\/.*`allowHttp: true`/);
  });

  it("goes unencrypted to another host where that is allowed, through a proxy without a tunnel", async () => {
    const { address, asked } = await httpProxy({ leadsTo: (await httpStandIn()).port });
    const settings = { type: "gotify", url: "http://gotify.example.com", token: "some-token", allowHttp: true };
    const { failure } = await send(settings, messages.failure, { http_proxy: address });
    expect([failure, asked]).toEqual([undefined, ["http://gotify.example.com/message"]]);
  });

  it("tells a name that cannot be resolved", async () => {
    const delivery = await send({ ...slack("https://hooks.invalid"), timeout: "1s" });
    expect(delivery.failure?.message).toMatch(/hooks\.invalid/);
    expect(printed(delivery)).not.toContain(key);
  });

  it("goes through the proxy of HTTPS_PROXY, whose password is told to nobody", async () => {
    const { address, asked } = await httpProxy();
    const settings = { ...slack("https://hooks.example.com"), timeout: "1s" };
    const delivery = await send(settings, messages.failure, { HTTPS_PROXY: address });
    expect(asked).toEqual(["hooks.example.com:443"]);
    expect(delivery.failure?.message).toBe(
      "the proxy does not connect with Slack at hooks.example.com: it answers 403",
    );
    expect(printed(delivery)).not.toMatch(/pr0xy-password|k3y0Of7he9/);
  });

  it("takes a proxy without a scheme for one over HTTP", async () => {
    const { address, asked } = await httpProxy();
    const settings = { ...slack("https://hooks.example.com"), timeout: "1s" };
    await send(settings, messages.failure, { HTTPS_PROXY: address.replace("http://", "") });
    expect(asked).toEqual(["hooks.example.com:443"]);
  });

  it("checks the service's own certificate through a proxy", async () => {
    const standIn = await httpStandIn({ tls: true });
    const { address, asked } = await httpProxy({ leadsTo: standIn.port });
    const settings = slack(`https://localhost.:${standIn.port}`); // the same name, which is no loopback address by itself
    const refused = await send(settings, messages.failure, { HTTPS_PROXY: address });
    expect([standIn.requests.length, refused.failure?.message]).toEqual([0, expect.stringContaining("is not trusted")]);
    const caFile = standIn.authorityFile;
    const accepted = await send({ ...settings, caFile }, messages.failure, { HTTPS_PROXY: address });
    expect([accepted.failure, standIn.requests.length, asked.length]).toEqual([undefined, 1, 2]);
    const elsewhere = await send({ ...slack("https://hooks.example.com"), caFile }, messages.failure, {
      HTTPS_PROXY: address,
    });
    expect(elsewhere.failure?.message).toContain("is not trusted");
  });

  it.each(["hooks.invalid", ".invalid", "*"])("goes past the proxy with NO_PROXY=%s", async (noProxy) => {
    const { address, asked } = await httpProxy();
    const settings = { ...slack("https://hooks.invalid"), timeout: "1s" };
    await send(settings, messages.failure, { HTTPS_PROXY: address, NO_PROXY: noProxy });
    expect(asked).toEqual([]);
  });

  it("tells a proxy that is no address, without showing it", async () => {
    const delivery = await send(slack("https://hooks.invalid"), messages.failure, { https_proxy: "::pr0xy-password" });
    expect(delivery.failure?.message).toBe("the proxy in HTTPS_PROXY is no address");
    expect(printed(delivery)).not.toContain("pr0xy-password");
  });

  it("reads the address from a file, which its name shows", async () => {
    const standIn = await httpStandIn();
    const file = join(temporaryDirectory("transport"), "slack.url");
    writeFileSync(file, `${standIn.origin}/services/${key}\n`, { mode: 0o600 });
    const { transport, failure } = await send({ type: "slack", url: { file } });
    expect([transport, failure]).toEqual([`slack ${file}`, undefined]);
    writeFileSync(file, "hooks.slack.com/services/k3y");
    const broken = await send({ type: "slack", url: { file } });
    expect(broken.failure?.message).toBe("`url` holds no address");
  });

  it("logs in with the user and password of the address", async () => {
    const standIn = await httpStandIn({ answers: [{ status: 401, body: "backup:pa@ss cGFzcw" }] });
    const url = standIn.origin.replace("://", "://backup:pa%40ss@");
    const refused = await send({ type: "ntfy", url: `${url}/backups` });
    expect(standIn.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("backup:pa@ss").toString("base64")}`);
    expect(printed(refused)).not.toMatch(/pa(?:%40|@)ss/);
  });

  it("tells a caFile that cannot be read", async () => {
    const delivery = await send({ ...slack("https://127.0.0.1"), caFile: "/no/such/authority.pem" });
    expect(delivery.failure?.message).toContain("/no/such/authority.pem cannot be read");
  });

  it.each([
    ["no certificate", "not a certificate\n"],
    ["nothing", ""],
    ["half a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    ["a key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"],
  ])("tells a caFile that holds %s", async (_, text) => {
    const caFile = join(temporaryDirectory("transport"), "authority.pem");
    writeFileSync(caFile, text);
    for (const settings of [slack("https://127.0.0.1"), smtpTransport({ port: 1 }, { security: "tls" })]) {
      const { failure, tries } = await send({ ...settings, caFile });
      expect([tries, failure?.message]).toEqual([
        1,
        `the certificate authority's file ${caFile} holds no certificate in PEM form`,
      ]);
    }
  });
});

describe("a title of ntfy", () => {
  it.each(["wiki2", "漢字", "=?UTF-8?B?DQpldmls?="])(
    "is the subject with the job %s, once the server has decoded it",
    async (job) => {
      const standIn = await httpStandIn();
      const message = renderOutcome(outcome({ job }));
      await send({ type: "ntfy", url: `${standIn.origin}/backups` }, message);
      const title = String(standIn.requests[0]?.headers.title);
      const decode = (_: string, base64: string) => Buffer.from(base64, "base64").toString("utf8");
      expect(title.replace(/=\?UTF-8\?B\?([^?]*)\?=/g, decode)).toBe(message.subject);
    },
  );
});

describe("an answer of status 200 that means no", () => {
  it.each([
    [
      "pushover",
      { token: "some-token", user: "some-user" },
      '{"user":"invalid","errors":["user key is invalid"],"status":0}',
      "user key is invalid",
    ],
    ["healthchecks", {}, "OK (not found)", "OK (not found)"],
    ["teams", {}, "Webhook message delivery failed: the endpoint returned HTTP error 413", "returned HTTP error 413"],
  ])("is a failure with %s", async (type, more, body, problem) => {
    const standIn = await httpStandIn({ answer: () => ({ status: 200, body }) });
    const { failure, tries } = await send({ type, url: standIn.origin, ...more });
    expect([tries, failure?.message]).toEqual([1, expect.stringContaining(problem)]);
  });

  it.each([
    ["healthchecks", "OK (rate limited)"],
    ["teams", "Webhook message delivery failed: the endpoint returned HTTP error 429"],
  ])("is sent again with %s where it means not now", async (type, body) => {
    const standIn = await httpStandIn({ answers: [{ status: 200, body }] });
    const { failure, tries } = await send({ type, url: standIn.origin });
    expect([failure, tries]).toEqual([undefined, 2]);
  });
});
