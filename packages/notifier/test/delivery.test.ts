import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import { describe, expect, it } from "vitest";
import { runNotify, setUp, smtpSink, smtpTransport } from "./support.ts";

const run = ["--", "sh", "-c", "exit 3"];

describe("a message that cannot be sent leaves the exit code alone and is logged with what to do", () => {
  it("when the mail server is down", async () => {
    const setup = setUp(smtpTransport({ port: await freePort() }, { timeout: "2s" }));
    const { exitCode, stderr } = await runNotify(setup, run);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("refuses the connection");
    expect(stderr).toContain("is the mail server running, and are `host` and `port` right?");
  });

  it.each([
    ["sender", "refuses the sender or the recipients"],
    ["recipient", "refuses the sender or the recipients"],
    ["data", "refuses the message"],
  ] as const)("when the server refuses the %s for good, at once", async (at, problem) => {
    const sink = await smtpSink({ fault: { at, does: 550 } });
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink)), run);
    expect([exitCode, sink.mails.length, sink.connections()]).toEqual([3, 0, 1]);
    expect(stderr).toContain(problem);
    expect(stderr).toContain("550 as the test wants it");
  });

  it.each(["connect", "sender", "data"] as const)(
    "when the server hangs at %s, within the time that it has",
    async (at) => {
      const sink = await smtpSink({ fault: { at, does: "hang" } });
      const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, { timeout: "2s" })), run);
      expect([exitCode, sink.mails.length]).toEqual([3, 0]);
      expect(stderr).toContain("did not take the message in time");
    },
  );

  it("when a server never ends to speak", async () => {
    const server = createServer((socket) => {
      const timer = setInterval(() => socket.write("220-still greeting\r\n"), 20);
      socket.on("close", () => clearInterval(timer)).on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport({ port }, { timeout: "2s" })), run);
    server.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain("no message was sent through smtp 127.0.0.1");
  });

  it("when the name of the server cannot be resolved", async () => {
    const setup = setUp(smtpTransport({ port: 25 }, { host: "mail.invalid", timeout: "3s" }));
    const { exitCode, stderr } = await runNotify(setup, run);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/mail\.invalid/);
  });

  it("when one recipient of two is refused: the other has it", async () => {
    const sink = await smtpSink({ fault: { at: "recipient", does: 550, recipient: "gone@example.com" } });
    const setup = setUp(smtpTransport(sink, { to: ["admin@example.com", "gone@example.com"] }));
    const { stderr } = await runNotify(setup, run);
    expect(sink.mails.map(({ envelope }) => envelope.to)).toEqual([["admin@example.com"]]);
    expect(stderr).toContain("refused some recipients: gone@example.com (550 as the test wants it)");
  });

  it("when its password file is missing", async () => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport(sink, { user: "u", password: { file: "/no/such/password" } }));
    const { exitCode, stderr, stdout } = await runNotify(setup, ["--", "sh", "-c", "echo ran; exit 3"]);
    expect([exitCode, stdout.toString()]).toEqual([3, "ran\n"]);
    expect(stderr).toContain("the secret file /no/such/password does not exist");
  });
});

describe("a message gets through", () => {
  it.each([
    ["connect", 421],
    ["sender", 451],
    ["data", 452],
    ["data", "drop"],
  ] as const)("at the second try, when the first ends at %s with %s", async (at, does) => {
    const sink = await smtpSink({ fault: { at, does, times: 1 } });
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink)), run);
    expect([exitCode, sink.mails.length, sink.connections(), stderr]).toEqual([3, 1, 2, ""]);
  });

  it("by one transport although another fails", async () => {
    const sink = await smtpSink();
    const refusing = await smtpSink({ fault: { at: "sender", does: 550 } });
    const { exitCode } = await runNotify(setUp(smtpTransport(refusing), smtpTransport(sink)), run);
    expect([exitCode, refusing.mails.length, sink.mails.length]).toEqual([3, 0, 1]);
  });

  it("to several recipients at once", async () => {
    const sink = await smtpSink();
    const to = ["Admin <admin@example.com>", "ops@example.com"];
    await runNotify(setUp(smtpTransport(sink, { to, from: "Bäckup <backup@example.com>" })), run);
    expect(sink.mails[0]?.envelope.to).toEqual(["admin@example.com", "ops@example.com"]);
    expect(sink.mails[0]?.from).toBe('"Bäckup" <backup@example.com>');
  });
});

describe("encryption", () => {
  it.each(["starttls", "tls"] as const)(
    "%s is used with a certificate of the authority in caFile",
    async (security) => {
      const sink = await smtpSink({ security });
      const caFile = sink.authorityFile;
      const { stderr } = await runNotify(setUp(smtpTransport(sink, { security, caFile })), run);
      expect([sink.mails.length, sink.mails[0]?.secure, stderr]).toEqual([1, true, ""]);
    },
  );

  it.each(["starttls", "tls"] as const)("%s refuses a certificate that nobody vouches for", async (security) => {
    const sink = await smtpSink({ security });
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, { security })), run);
    expect([exitCode, sink.mails.length]).toEqual([3, 0]);
    expect(stderr).toContain("is not trusted");
    expect(stderr).toContain("`caFile`");
  });

  it("refuses a certificate for another name", async () => {
    const sink = await smtpSink({ security: "starttls", address: "127.0.0.2" });
    const settings = { security: "starttls", caFile: sink.authorityFile, host: "127.0.0.2" };
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, settings)), run);
    expect([exitCode, sink.mails.length]).toEqual([3, 0]);
    expect(stderr).toContain("is not trusted");
    expect(stderr).toContain("`host` must be a name that stands in the certificate");
  });

  it("starttls sends nothing to a server that offers none", async () => {
    const sink = await smtpSink({ security: "none" });
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, { security: "starttls" })), run);
    expect([exitCode, sink.mails.length]).toEqual([3, 0]);
    expect(stderr).toContain("no encrypted connection");
  });

  it("tls sends nothing to a server that speaks plainly", async () => {
    const sink = await smtpSink({ security: "none" });
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, { security: "tls", timeout: "3s" })), run);
    expect([exitCode, sink.mails.length]).toEqual([3, 0]);
    expect(stderr).toContain("`tls` with port 465");
  });
});

describe("a login", () => {
  const authentication = { user: "backup", password: "r1ght-password" };

  it("is made with the password from a file, over an encrypted connection", async () => {
    const sink = await smtpSink({ security: "starttls", authentication });
    const setup = setUp();
    const file = join(setup.directory, "password");
    writeFileSync(file, "r1ght-password\n", { mode: 0o600 });
    const more = { security: "starttls", caFile: sink.authorityFile, user: "backup", password: { file } };
    writeFileSync(
      setup.configFile,
      JSON.stringify({ transports: [smtpTransport(sink, more)], stateDir: setup.directory }),
    );
    await runNotify(setup, run);
    expect(sink.mails[0]).toMatchObject({ user: "backup", secure: true });
  });

  it("that is refused is told, without the password", async () => {
    const sink = await smtpSink({ authentication });
    const setup = setUp(smtpTransport(sink, { user: "backup", password: "wr0ng-password" }));
    const { exitCode, stderr } = await runNotify(setup, ["-v", ...run]);
    expect([exitCode, sink.mails.length, sink.connections()]).toEqual([3, 0, 1]);
    expect(stderr).toContain("refuses the login of backup");
    expect(stderr).not.toContain("wr0ng-password");
  });

  it("is never left out where the server offers none", async () => {
    const sink = await smtpSink();
    const setup = setUp(smtpTransport(sink, { user: "backup", password: "some-password" }));
    const { stderr } = await runNotify(setup, run);
    expect(sink.mails).toHaveLength(0);
    expect(stderr).toContain("refuses the login of backup");
  });
});
