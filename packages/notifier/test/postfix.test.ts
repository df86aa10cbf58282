import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "@catapullt/testkit/certificates";
import { startPostfix, startPostgrey } from "@catapullt/testkit/postfix";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNotify, setUp, smtpTransport } from "./support.ts";

const ending: (() => unknown)[] = [];
let postfix: Awaited<ReturnType<typeof start>>;

async function start() {
  const { path: directory, remove } = createTemporaryDirectory("mail-test");
  ending.push(remove);
  const postgrey = await startPostgrey({ seconds: 1 });
  ending.push(postgrey.stop);
  const authenticated = {
    smtpd_sasl_auth_enable: "yes",
    smtpd_tls_auth_only: "yes",
    smtpd_recipient_restrictions: "permit_sasl_authenticated, reject",
  };
  const server = await startPostfix({
    listeners: {
      relay: {},
      plain: { smtpd_tls_security_level: "none" },
      submission: { smtpd_tls_security_level: "encrypt", ...authenticated },
      smtps: { smtpd_tls_wrappermode: "yes", ...authenticated },
      otherName: { smtpd_tls_chain_files: await chain(directory, { name: "mail.example.com" }) },
      expired: { smtpd_tls_chain_files: await chain(directory, { isExpired: true }) },
      greylisting: { smtpd_recipient_restrictions: `check_policy_service inet:127.0.0.1:${postgrey.port}` },
      halfGreylisting: {
        smtpd_restriction_classes: "greylist",
        greylist: `check_policy_service inet:127.0.0.1:${postgrey.port}`,
        smtpd_recipient_restrictions: "check_recipient_access inline:{ { ops@example.com = greylist } }",
      },
      strict: { smtpd_sender_restrictions: "check_sender_access static:{554 5.7.1 we know no such sender}" },
      small: { message_size_limit: "2000" },
      hanging: { smtpd_delay_reject: "no", smtpd_client_restrictions: "sleep 60" },
      closing: { smtpd_end_of_data_restrictions: "check_client_access static:{421 4.3.2 shutting down}" },
    },
  });
  ending.push(server.stop);
  return server;
}

/** A file with key and certificate, as Postfix takes them, of one more authority. */
async function chain(parent: string, options: { name?: string; isExpired?: boolean }): Promise<string> {
  const directory = join(parent, options.name ?? "expired");
  mkdirSync(directory);
  const { key, certificate, authorityFile } = await makeCertificates(directory, options);
  const file = join(directory, "chain.pem");
  writeFileSync(file, key + certificate, { mode: 0o600 });
  authorities.set(options.name ?? "expired", authorityFile);
  return file;
}

const authorities = new Map<string, string>();

beforeAll(async () => {
  postfix = await start();
}, 60_000);

afterAll(async () => {
  for (const end of ending.reverse()) await end();
});

type Listener = keyof typeof postfix.ports;

const through = (listener: Listener, more: object = {}) => smtpTransport({ port: postfix.ports[listener] }, more);
const encrypted = () => ({ security: "starttls", caFile: postfix.authorityFile });
const login = () => ({ ...encrypted(), ...postfix.account });

/** Runs a command that ends with 3 and whose message goes this way. */
async function tell(transport: object, job = "job") {
  return runNotify(setUp(transport), ["--name", job, "--", "sh", "-c", "echo größer € 夜; exit 3"]);
}

function mailAbout(job: string, mailbox: "admin" | "ops" = "admin") {
  return postfix.waitForMail(mailbox, ({ subject }) => subject?.includes(job) ?? false);
}

/** How often somebody has connected so far. */
function connections(): number {
  return [...postfix.log().matchAll(/smtpd\[\d+\]: connect from /g)].length;
}

describe("Postfix delivers", () => {
  it("a mail whose headers and lines are as mail systems want them", async () => {
    const job = "Überprüfung 夜間";
    const to = ["Ädmin <admin@example.com>"];
    const replyTo = "ops@example.com";
    const { exitCode, stderr } = await tell(through("relay", { ...encrypted(), to, replyTo }), job);
    expect([exitCode, stderr]).toEqual([3, expect.not.stringContaining("no message was sent")]);
    const mail = await mailAbout(job);
    expect(mail.subject).toContain(`FAILED ${job} on ${hostname()}`);
    expect(mail.messageId).toMatch(/^<[0-9a-f-]{36}@.+>$/);
    expect(Date.now() - Number(mail.date)).toBeLessThan(60_000);
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail.replyTo?.text).toBe(replyTo);
    expect([mail.text, mail.html]).toEqual([
      expect.stringContaining("größer € 夜"),
      expect.stringContaining("größer € 夜"),
    ]);
    const { raw = "" } = mail;
    expect(raw).toContain("Return-Path: <backup@example.com>");
    expect(Math.max(...raw.split("\n").map((line) => line.length))).toBeLessThan(998);
    expect(raw).toMatch(/^[\t\n\x20-\x7e]*$/); // what every mail system on the way takes, with 8BITMIME or without
  });

  it.each([
    ["submission", "starttls"],
    ["smtps", "tls"],
  ] as const)("by %s to who has logged in over %s", async (listener, security) => {
    const job = `login over ${security}`;
    const { exitCode } = await tell(through(listener, { ...login(), security }), job);
    expect(exitCode).toBe(3);
    expect((await mailAbout(job)).raw).toMatch(/\(using TLSv1\.[23] with cipher/);
    expect(postfix.log()).toMatch(/sasl_method=PLAIN, sasl_username=backup\b/);
  });

  it("what its greylisting first refuses", async () => {
    await tell(through("greylisting"), "greylisted job");
    expect((await mailAbout("greylisted job")).raw).toMatch(/X-Greylist: delayed \d+ seconds/);
    expect(postfix.log()).toMatch(/NOQUEUE: reject: RCPT .*Greylisted/);
  });

  it("to the other recipients where one is unknown, who is named", async () => {
    const to = ["admin@example.com", "gone@example.com", "ops@example.com"];
    const { exitCode, stderr } = await tell(through("relay", { to }), "one is gone");
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/refused some recipients: gone@example\.com \(550 5\.1\.1 .*User unknown/);
    expect(stderr).toContain("correct `to`; the others have got the message");
    for (const mailbox of ["admin", "ops"] as const) expect(await mailAbout("one is gone", mailbox)).toBeDefined();
  });

  it("to a recipient whom it first put off, and no second time to the others", async () => {
    const job = "one is put off";
    const to = ["admin@example.com", "ops@example.com", "gone@example.com"];
    const { stderr } = await tell(through("halfGreylisting", { to }), job);
    await mailAbout(job, "ops");
    expect(stderr).toMatch(/refused some recipients: gone@example\.com \(550/);
    expect(stderr).not.toContain("ops@example.com (4");
    const forAdmin = (await postfix.mails("admin")).filter(({ subject }) => subject?.includes(job));
    expect(forAdmin).toHaveLength(1);
  });

  it("nothing to a mailbox file without space, and tells the sender", async () => {
    const { exitCode } = await tell(through("relay", { to: ["full@example.com"] }), "full mailbox");
    expect(exitCode).toBe(3);
    const bounce = await postfix.waitForMail("backup", ({ raw }) => raw.includes("full mailbox"));
    expect(bounce.text).toMatch(/<full@example\.com>: delivery failed[\s\S]*File too\s+large[\s\S]*Status: 5\.2\.2/);
  });
});

describe("what Postfix does not take is told with what to do", () => {
  it.each<[string, Listener, () => object, RegExp, string]>([
    [
      "an unknown recipient",
      "relay",
      () => ({ to: ["gone@example.com"] }),
      /refuses the sender or the recipients: .*550 5\.1\.1 <gone@example\.com>/,
      "check `from` and `to`",
    ],
    [
      "a domain that it does not relay to",
      "relay",
      () => ({ to: ["admin@elsewhere.example"] }),
      /554 5\.7\.1 <admin@elsewhere\.example>: Relay access denied/,
      "whether the server relays for this host or wants a login (`user`, `password`)",
    ],
    ["a sender", "strict", () => ({}), /554 5\.7\.1 .*we know no such sender/, "check `from` and `to`"],
    ["a long mail", "small", () => ({}), /refuses the message: 552 5\.3\.4/, "let the server take longer mails"],
    [
      "a wrong password",
      "submission",
      () => ({ ...login(), password: "wr0ng-password" }),
      /refuses the login of backup: 535 5\.7\.8/,
      "check `user` and `password`",
    ],
    ["a missing login", "submission", encrypted, /554 5\.7\.1 .*Access denied/, "wants a login (`user`, `password`)"],
    [
      "a mail without encryption",
      "submission",
      () => ({ security: "none" }),
      /530 5\.7\.0 Must issue a STARTTLS command first/,
      "set `security` to starttls",
    ],
    [
      "encryption that it does not have",
      "plain",
      encrypted,
      /no encrypted connection with/,
      "`security: starttls` usually goes with port 587",
    ],
    [
      "encryption from the first byte",
      "relay",
      () => ({ ...encrypted(), security: "tls" }),
      /no encrypted connection with/,
      "`tls` with port 465",
    ],
    [
      "a certificate of nobody known",
      "relay",
      () => ({ security: "starttls" }),
      /the certificate of .* is not trusted: .*/,
      "`caFile`",
    ],
    [
      "a certificate for another name",
      "otherName",
      () => ({ security: "starttls", caFile: authorities.get("mail.example.com") }),
      /is not trusted: .*altnames/,
      "`host` must be a name that stands in the certificate",
    ],
    [
      "a certificate that has expired",
      "expired",
      () => ({ security: "starttls", caFile: authorities.get("expired") }),
      /is not trusted: certificate has expired/,
      "must be renewed",
    ],
  ])("%s, at once", async (_, listener, more, problem, hint) => {
    const before = connections();
    const { exitCode, stderr } = await tell(through(listener, more()));
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(problem)]);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain("wr0ng-password");
    expect(connections() - before).toBe(1);
  });

  it.each<[string, Listener, object, RegExp, string]>([
    ["a full mailbox", "relay", { to: ["crowded@example.com"] }, /45[02] 4\.2\.2 .*mailbox full/, "`to`"],
    ["a server that is ending", "closing", {}, /421 4\.3\.2 .*shutting down/, "log"],
    ["a server that does not speak", "hanging", { timeout: "2s" }, /did not take the message in time/, "`timeout`"],
  ])("%s, after all tries that there is time for", async (_, listener, more, problem, hint) => {
    const before = connections();
    const { exitCode, stderr } = await tell(through(listener, { timeout: "4s", ...more }));
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(problem)]);
    expect(stderr).toContain(hint);
    if (listener !== "hanging") expect(connections() - before).toBeGreaterThanOrEqual(2);
  });
});
