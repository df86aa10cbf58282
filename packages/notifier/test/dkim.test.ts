import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyDkim } from "@catapullt/testkit/dkim";
import { startPostfix, type ThrowawayPostfix } from "@catapullt/testkit/postfix";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderOutcome } from "../message/render.ts";
import { transportSettingsSchema } from "../transports/registry.ts";
import { runNotify, setUp, smtpSink, smtpTransport } from "./support.ts";
import { send } from "./transport-conformance.ts";
import { hostileMessage, outcome } from "./transport-fixtures.ts";

let postfix: ThrowawayPostfix<"relay">;

beforeAll(async () => {
  postfix = await startPostfix({ listeners: { relay: {} } });
}, 60_000);

afterAll(() => postfix.stop());

const pem = { format: "pem", type: "pkcs8" } as const;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const record = `v=DKIM1; k=rsa; p=${createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64")}`;
const records = { "backup2026._domainkey.example.com": record };

/** A file with this text, and the settings that name it. */
function dkimWith(text: string): { file: string; dkim: object } {
  const file = join(temporaryDirectory("dkim"), "key.pem");
  writeFileSync(file, text, { mode: 0o600 });
  return { file, dkim: { domain: "example.com", selector: "backup2026", privateKey: { file } } };
}

const ways: Record<string, (more: object) => object> = {
  smtp: (more) => smtpTransport({ port: postfix.ports.relay }, more),
  sendmail: (more) => ({
    type: "sendmail",
    program: postfix.sendmail,
    from: "Bäckup <backup@example.com>",
    to: ["admin@example.com"],
    ...more,
  }),
};

describe("dkim", () => {
  it.each(["smtp", "sendmail"])("signs a mail through %s so that others find it right once delivered", async (way) => {
    const job = `signed größer 夜 by ${way}`;
    const { dkim } = dkimWith(privateKey.export(pem).toString());
    const { failure } = await send(ways[way]?.({ dkim }) ?? {}, renderOutcome(outcome({ job })));
    expect(failure).toBeUndefined();
    const { raw } = await postfix.waitForMail("admin", ({ subject }) => subject?.includes(job) ?? false);
    const delivered = raw.replaceAll(/\r?\n/g, "\r\n");
    expect(await verifyDkim(delivered, records)).toBe(true);
    expect(await verifyDkim(delivered.replace("Subject: ", "Subject: not "), records)).toBe(false);
    expect(await verifyDkim(delivered.replace("the last line", "another line"), records)).toBe(false);
  });

  it("signs also a mail whose texts mean harm", async () => {
    const sink = await smtpSink();
    const { dkim } = dkimWith(privateKey.export({ format: "pem", type: "pkcs1" }).toString());
    await send(smtpTransport(sink, { dkim }), hostileMessage);
    expect(await verifyDkim(sink.mails[0]?.raw ?? "", records)).toBe(true);
  });

  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  const short = generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey;
  it.each([
    ["no PEM", "not a key\n", /is no private key in PEM form/],
    ["a PEM that is cut off", privateKey.export(pem).toString().slice(0, 400), /is no private key in PEM form/],
    ["the public half", createPublicKey(privateKey).export({ format: "pem", type: "spki" }).toString(), /public half/],
    [
      "a key with a passphrase",
      privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "x" }).toString(),
      /wants a passphrase/,
    ],
    ["a key of Ed25519", ed25519.export(pem).toString(), /is of the type ed25519; only RSA/],
    ["a short key", short.export(pem).toString(), /has 768 bits; receivers want 1024 at least/],
  ])("sends nothing with %s, and says so", async (_, text, problem) => {
    const sink = await smtpSink();
    const { file, dkim } = dkimWith(text);
    const { exitCode, stderr } = await runNotify(setUp(smtpTransport(sink, { dkim })), ["--", "sh", "-c", "exit 3"]);
    expect([exitCode, sink.mails.length, stderr]).toEqual([3, 0, expect.stringMatching(problem)]);
    expect(stderr).toContain(`the key of \`dkim\` (${file})`);
    expect(stderr).toContain("make one with `openssl genrsa -out FILE 2048`");
  });

  it.each([
    [{ domain: "example.com", selector: "x", privateKey: "not a key" }],
    [{ domain: "not a domain", selector: "x", privateKey: { file: "/k" } }],
    [{ domain: "example.com", selector: "x; d=evil.example", privateKey: { file: "/k" } }],
    [{ domain: "example.com", selector: "x._domainkey.example.com", privateKey: { file: "/k" } }],
    [{ domain: "example.com", privateKey: { file: "/k" } }],
  ])("is refused as %j", (dkim) => {
    expect(transportSettingsSchema().safeParse(smtpTransport({ port: 25 }, { dkim })).success).toBe(false);
  });
});

describe("sendmail of a real Postfix", () => {
  it("delivers the mail of a run, with the sender's address on the envelope", async () => {
    const setup = setUp(ways.sendmail?.({}) ?? {});
    const { exitCode, stderr } = await runNotify(setup, [
      "--name",
      "local job",
      "--",
      "sh",
      "-c",
      "echo größer; exit 3",
    ]);
    expect([exitCode, stderr]).toEqual([3, expect.not.stringContaining("no message was sent")]);
    const mail = await postfix.waitForMail("admin", ({ subject }) => subject?.includes("local job") ?? false);
    expect(mail.raw).toContain("Return-Path: <backup@example.com>");
    expect([mail.from?.text, mail.text]).toEqual(['"Bäckup" <backup@example.com>', expect.stringContaining("größer")]);
    expect(mail.raw).not.toContain("\r");
  });
});
