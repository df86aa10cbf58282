import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { judgeHostKey, knownKeyTypes } from "./judge.ts";
import { parseKnownHosts } from "./parse.ts";

const host = { address: "wiki01", port: 22 };
const [first, second, third] = [wireKey("ssh-ed25519"), wireKey("ssh-ed25519"), wireKey("ssh-rsa")];

function wireKey(type: string): Buffer {
  const { publicKey } = generateKeyPairSync("ed25519");
  const body = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  return Buffer.concat([length(type.length), Buffer.from(type), length(body.length), body]);
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function judge(lines: string[], key = first, at = host) {
  return judgeHostKey(parseKnownHosts(lines.join("\n"), "f"), at, key);
}

function line(hosts: string, key: Buffer, type = "ssh-ed25519"): string {
  return `${hosts} ${type} ${key.toString("base64")}`;
}

test("accepts a key that is listed, whichever of several it is", () => {
  expect(judge([line("wiki01", second), line("wiki01", first)])).toEqual({ kind: "known" });
});

test("knows nothing where the lines speak of other hosts", () => {
  expect(judge([line("wiki02", first)])).toEqual({ kind: "unknown", authorities: [] });
});

test("calls a key changed where another one of its type is known, and shows that line", () => {
  expect(judge([line("other", first), line("wiki01", third, "ssh-rsa"), line("wiki01", second)])).toMatchObject({
    kind: "changed",
    lines: [{ line: 3, keyType: "ssh-ed25519" }],
  });
});

test("calls a key changed where only keys of other types are known", () => {
  expect(judge([line("wiki01", third, "ssh-rsa")])).toMatchObject({ kind: "changed", lines: [{ line: 1 }] });
});

test("refuses a revoked key even where another line lists it", () => {
  expect(judge([line("wiki01", first), `@revoked ${line("*", first)}`])).toMatchObject({
    kind: "revoked",
    line: { line: 2 },
  });
});

test("refuses on any port a key that is revoked for the host", () => {
  const lines = [line("[wiki01]:2222", first), `@revoked ${line("wiki01", first)}`];
  expect(judge(lines, first, { ...host, port: 2222 })).toMatchObject({ kind: "revoked" });
});

test("goes on with another key of a host that has a revoked one", () => {
  expect(judge([`@revoked ${line("wiki01", second)}`, line("wiki01", first)])).toEqual({ kind: "known" });
});

test("takes a certificate authority for no host key, and names its line", () => {
  expect(judge([`@cert-authority ${line("*", first)}`])).toMatchObject({ kind: "unknown", authorities: [{ line: 1 }] });
});

test("accepts on another port a key that is known for the host without a port, as OpenSSH does", () => {
  expect(judge([line("wiki01", first)], first, { ...host, port: 2222 })).toEqual({ kind: "known" });
  expect(judge([line("wiki01", second)], first, { ...host, port: 2222 })).toEqual({ kind: "unknown", authorities: [] });
});

test("does not accept on the standard port a key that is known for another port", () => {
  expect(judge([line("[wiki01]:2222", first)])).toEqual({ kind: "unknown", authorities: [] });
});

test("names the types of known keys, without those of authorities and revoked keys", () => {
  const lines = [
    line("wiki01", third, "ssh-rsa"),
    line("wiki01", first),
    line("wiki01", second),
    `@revoked ${line("wiki01", wireKey("ssh-dss"), "ssh-dss")}`,
  ];
  expect(knownKeyTypes(parseKnownHosts(lines.join("\n"), "f"), host)).toEqual(["ssh-rsa", "ssh-ed25519"]);
});
