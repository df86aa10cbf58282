import { expect, test } from "vitest";
import { parseKnownHosts, readKeyType } from "./parse.ts";

const key = "AAAAC3NzaC1lZDI1NTE5AAAAIGZIp7VQ1UFp4HRUSyT9TckVAZqXlErPL6Yb1XAsW6lI";

test("reads hosts, type, key and line number, and leaves out comments, empty lines and keys of SSH version 1", () => {
  const text = [
    "# a comment",
    "",
    `wiki01,192.0.2.7 ssh-ed25519 ${key} root@wiki01 with words`,
    "old 1024 35 1234567890",
    `\t[wiki01]:2222\tssh-ed25519\t${key}`,
  ].join("\n");

  expect(parseKnownHosts(text, "/etc/known_hosts").map(({ key: _, ...line }) => line)).toEqual([
    { file: "/etc/known_hosts", line: 3, marker: undefined, hosts: "wiki01,192.0.2.7", keyType: "ssh-ed25519" },
    { file: "/etc/known_hosts", line: 5, marker: undefined, hosts: "[wiki01]:2222", keyType: "ssh-ed25519" },
  ]);
});

test("reads the markers of authorities and revoked keys, and leaves out lines with other markers", () => {
  const lines = parseKnownHosts(
    [
      `@cert-authority *.example.com ssh-ed25519 ${key}`,
      `@revoked * ssh-ed25519 ${key}`,
      `@other * ssh-ed25519 ${key}`,
    ].join("\r\n"),
    "f",
  );

  expect(lines.map(({ marker, hosts }) => [marker, hosts])).toEqual([
    ["cert-authority", "*.example.com"],
    ["revoked", "*"],
  ]);
});

test.each([
  ["a key of another type than stated", `wiki01 ssh-rsa ${key}`],
  ["a key that is cut off", `wiki01 ssh-ed25519 ${key.slice(0, 8)}`],
  ["no key", "wiki01 ssh-ed25519"],
  ["no type", "wiki01"],
])("leaves out a line with %s", (_, line) => {
  expect(parseKnownHosts(line, "f")).toEqual([]);
});

test("finds no type in bytes that are no key", () => {
  expect(readKeyType(Buffer.alloc(0))).toBeUndefined();
  expect(readKeyType(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]))).toBeUndefined();
});
