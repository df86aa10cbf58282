import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runNotify, setUp, smtpSink, smtpTransport } from "./support.ts";

describe("notify test", () => {
  it("sends one message through every transport, whatever its `on`, and prints a table", async () => {
    const sinks = [await smtpSink(), await smtpSink()];
    const setup = setUp(...sinks.map((sink) => smtpTransport(sink, { on: ["failure"] })));
    const { exitCode, stdout, stderr } = await runNotify(setup, ["test"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const { mails, port } of sinks) {
      expect(mails.map(({ subject }) => subject)).toEqual([
        expect.stringMatching(/^\[backup\] TEST notify on .*: messages arrive$/),
      ]);
      expect(stdout.toString()).toMatch(new RegExp(`^smtp 127\\.0\\.0\\.1:${port} +sent`, "m"));
    }
  });

  it("ends with 1 when a transport fails, and says why", async () => {
    const sink = await smtpSink();
    const refusing = await smtpSink({ fault: { at: "sender", does: 550 } });
    const setup = setUp(smtpTransport(refusing), smtpTransport(sink));
    const { exitCode, stdout, stderr } = await runNotify(setup, ["test", "--json"]);
    expect([exitCode, sink.mails.length]).toEqual([1, 1]);
    expect(JSON.parse(stdout.toString())).toMatchObject([
      {
        transport: `smtp 127.0.0.1:${refusing.port}`,
        result: "failed",
        tries: 1,
        problem: expect.stringContaining("550"),
      },
      { result: "sent", problem: null },
    ]);
    expect(stderr).toContain("refuses the sender");
  });

  it("ends with 2 when the configuration is broken", async () => {
    const setup = setUp();
    expect((await runNotify(setup, ["test"])).exitCode).toBe(2);
  });

  it("can be the name of a command to run, after `--`", async () => {
    const sink = await smtpSink();
    const { exitCode } = await runNotify(setUp(smtpTransport(sink)), ["--", "test", "-f", "/no/such/file"]);
    expect([exitCode, sink.mails[0]?.subject]).toEqual([1, expect.stringContaining("FAILED test on")]);
  });
});

describe("notify config", () => {
  it("check accepts the example of the documentation's kind", async () => {
    const setup = setUp();
    writeFileSync(
      setup.configFile.replace(".json", ".yaml"),
      `
transports:
  - type: smtp
    host: mail.example.com
    port: 587
    security: starttls
    user: backup
    password: { env: SMTP_PASSWORD }
    from: backup@example.com
    to: [admin@example.com]
    on: [success, failure]
`,
    );
    const configFile = setup.configFile.replace(".json", ".yaml");
    const environment = { ...setup.environment, SMTP_PASSWORD: "n0t-shown" };
    const checked = await runNotify({ ...setup, configFile, environment }, ["config", "check"]);
    expect([checked.exitCode, checked.stderr]).toEqual([0, ""]);
    const shown = await runNotify({ ...setup, configFile, environment }, ["config", "show"]);
    expect(shown.stdout.toString()).toContain("mail.example.com");
    expect(shown.stdout.toString()).not.toContain("n0t-shown");
  });

  it.each([
    [{ to: [] }, "expected at least one recipient"],
    [{ to: ["a@b.c\nBcc: x@y.z"] }, "expected one mail address"],
    [{ from: "nobody" }, "expected one mail address"],
    [{ user: "x" }, "a user needs a password"],
    [{ password: "some-password" }, "a password needs a user"],
    [{ on: ["disaster"] }, "failure"],
    [{ on: [] }, "leave the key out for all"],
    [{ security: "ssl" }, "starttls"],
    [{ timeout: "soon" }, "expected a duration"],
    [{ host: "mail.example.com", user: "u", password: "some-password" }, "would send the password unencrypted"],
  ])("check refuses %j", async (more, message) => {
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport({ port: 25 }, more)), ["config", "check"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("some-password");
  });

  it("schema prints a JSON Schema that knows the transports", async () => {
    const { exitCode, stdout } = await runNotify(setUp(), ["config", "schema"]);
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toContain('"starttls"');
  });
});

describe("notify --help", () => {
  it("names the commands and options", async () => {
    const { exitCode, stdout } = await runNotify(setUp(), ["--help"]);
    expect(exitCode).toBe(0);
    for (const word of ["notify [options] -- <command> [args...]", "--timeout", "--name", "test", "config"])
      expect(stdout.toString()).toContain(word);
  });

  it("goes with a version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect((await runNotify(setUp(), ["--version"])).stdout.toString()).toBe(`${version}\n`);
  });
});
