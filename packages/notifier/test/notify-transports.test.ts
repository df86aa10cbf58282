import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runNotify, setUp } from "./support.ts";
import { httpStandIn } from "./transport-fixtures.ts";

const key = "k3y0Of7he9Webh00kInTheAddress";

describe("notify with transports over HTTP", () => {
  it("keeps the command's exit code and shows no address when a service refuses", async () => {
    const standIn = await httpStandIn({ answer: ({ path }) => ({ status: 403, body: `no such hook ${path}` }) });
    const setup = setUp({ type: "slack", url: `${standIn.origin}/services/${key}` });
    const { exitCode, stderr } = await runNotify(setup, ["-v", "--", "sh", "-c", "exit 7"]);
    expect([exitCode, standIn.requests.length]).toEqual([7, 1]);
    expect(stderr).toContain(
      "no message was sent through slack: Slack refuses the message (403 Forbidden: no such hook",
    );
    expect(stderr).toContain("check `url`: the webhook");
    expect(stderr).not.toContain(key);
  });

  it("masks the addresses and tokens of all transports in what the command printed", async () => {
    const standIn = await httpStandIn();
    const url = `${standIn.origin}/services/${key}`;
    const setup = setUp(
      { type: "slack", url },
      { type: "gotify", url: standIn.origin, token: "g0tify-token-of-ours" },
      { type: "pushover", url: standIn.origin, token: "pu5hover-token", user: "pu5hover-user-key" },
      { type: "pagerduty", url: standIn.origin, routingKey: "r0uting-key-0f-pagerduty" },
      { type: "webhook", url: `${standIn.origin}/in`, headers: { "X-Key": "header-5ecret" }, secret: "s1gning-secret" },
    );
    const printed = [
      url,
      key,
      "g0tify-token-of-ours",
      "pu5hover-user-key",
      "r0uting-key-0f-pagerduty",
      "header-5ecret",
      "s1gning-secret",
    ];
    await runNotify(setup, ["--", "printf", "%s\\n", "a line", ...printed]);
    const posted = standIn.requests.find(({ path }) => path === "/in")?.body ?? "";
    expect(posted).toContain("a line");
    for (const secret of printed) expect(posted).not.toContain(secret);
  });

  it("lets one transport that fails stop no other", async () => {
    const refusing = await httpStandIn({ answer: () => ({ status: 404 }) });
    const standIn = await httpStandIn();
    const setup = setUp(
      { type: "discord", url: `${refusing.origin}/x` },
      { type: "ntfy", url: `${standIn.origin}/backups` },
    );
    const { exitCode } = await runNotify(setup, ["--", "true"]);
    expect([exitCode, standIn.requests.length]).toEqual([0, 1]);
  });

  it("tells healthchecks a start and an end, the end with exit code and log, and a recovery as a success", async () => {
    const standIn = await httpStandIn({ answer: () => ({ status: 200, body: "OK" }) });
    const setup = setUp({ type: "healthchecks", url: `${standIn.origin}/ping/${key}` });
    await runNotify(setup, ["--name", "job", "--", "sh", "-c", "echo the last line; exit 3"]);
    await runNotify(setup, ["--name", "job", "--", "true"]);
    const pings = standIn.requests.map(({ path }) => path.replace(`/ping/${key}`, ""));
    expect(pings).toEqual(["/start", "/3", "/start", ""]);
    expect(standIn.requests[1]?.body).toContain("| the last line");
  });

  it("tells healthchecks no start where it is not to, or a success would not follow", async () => {
    const standIn = await httpStandIn({ answer: () => ({ status: 200, body: "OK" }) });
    const url = `${standIn.origin}/ping/${key}`;
    const setup = setUp({ type: "healthchecks", url, start: false }, { type: "healthchecks", url, on: ["failure"] });
    await runNotify(setup, ["--", "true"]);
    expect(standIn.requests.map(({ path }) => path)).toEqual([`/ping/${key}`]);
  });

  it("warns and goes on when the start cannot be told", async () => {
    const standIn = await httpStandIn({ answers: [{ status: 500 }], answer: () => ({ status: 200, body: "OK" }) });
    const setup = setUp({ type: "healthchecks", url: `${standIn.origin}/ping/${key}` });
    const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", "exit 4"]);
    expect([exitCode, standIn.requests.length]).toEqual([4, 2]);
    expect(stderr).toContain("the start was not told to healthchecks: healthchecks cannot take the message now (500");
    expect(stderr).not.toContain(key);
  });

  it("opens an incident of PagerDuty at a failure and resolves the same one afterwards", async () => {
    const standIn = await httpStandIn({ answer: () => ({ status: 202 }) });
    const setup = setUp({
      type: "pagerduty",
      url: standIn.origin,
      routingKey: "some-routing-key",
      on: ["failure", "recovery"],
    });
    for (const script of ["exit 1", "exit 0", "exit 0"])
      await runNotify(setup, ["--name", "job", "--", "sh", "-c", script]);
    const events = standIn.requests.map(({ body }) => JSON.parse(body));
    expect(events.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
    expect(events[0].dedup_key).toBe(events[1].dedup_key);
  });
});

describe("notify with local transports", () => {
  it("hands the message to a program and appends it to a file", async () => {
    const setup = setUp();
    const program = join(setup.directory, "program");
    writeFileSync(program, `#!/bin/sh\ncat > ${setup.directory}/input\n`);
    chmodSync(program, 0o755);
    const path = join(setup.directory, "messages");
    const transports = [
      { type: "command", command: [program] },
      { type: "file", path },
    ];
    writeFileSync(setup.configFile, JSON.stringify({ transports, stateDir: join(setup.directory, "state") }));
    const { exitCode } = await runNotify(setup, ["--", "sh", "-c", "echo hello; exit 5"]);
    expect(exitCode).toBe(5);
    const [fromProgram, fromFile] = [join(setup.directory, "input"), path].map((file) =>
      JSON.parse(readFileSync(file, "utf8")),
    );
    expect(fromProgram).toMatchObject({ state: "failure", exitCode: 5, log: ["hello"] });
    expect(fromFile).toEqual(fromProgram);
  });
});

describe("notify config", () => {
  const url = `https://hooks.example.com/${key}`;

  it("show masks addresses, tokens and headers", async () => {
    const setup = setUp(
      { type: "slack", url },
      { type: "telegram", token: "4711:telegram-t0ken", chatId: -1 },
      { type: "webhook", url, headers: { Authorization: "Bearer header-5ecret" } },
    );
    const { exitCode, stdout } = await runNotify(setup, ["config", "show"]);
    expect([exitCode, stdout.toString()]).toEqual([0, expect.stringContaining("telegram")]);
    expect(stdout.toString()).not.toMatch(/k3y0Of|telegram-t0ken|header-5ecret/);
  });

  it.each([
    [{ type: "slack" }, "url"],
    [{ type: "slack", url: "hooks.slack.com/k3y0Of" }, "expected an address that begins with https://"],
    [{ type: "slack", url, token: "x" }, "token"],
    [{ type: "matrix", url, token: "x", room: "#alias:example.com" }, "internal ID, which begins with !"],
    [{ type: "telegram", token: "x", chatId: "my chat" }, "expected a chat's number"],
    [{ type: "pigeon" }, "expected one of these types: smtp, sendmail, slack"],
    [{ type: "slak", url }, 'got "slak" (did you mean "slack"?)'],
    [{ type: "Slack", url }, 'got "Slack" (did you mean "slack"?)'],
    [{ type: "ntfy", url: "http://ntfy.example.com/backups" }, "`allowHttp: true` accepts that"],
    [{ type: "file", path: "relative" }, "expected a full path"],
  ])("check refuses %j, and quotes no secret", async (transport, problem) => {
    const { exitCode, stderr } = await runNotify(setUp(transport), ["config", "check"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect(stderr).not.toContain("k3y0Of");
  });
});
