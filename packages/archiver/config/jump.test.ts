import { expect, test } from "vitest";
import { parseHop } from "./jump.ts";

test.each([
  ["bastion", { address: "bastion" }],
  ["backup@bastion.example.com", { address: "bastion.example.com", user: "backup" }],
  ["backup@bastion.example.com:2222", { address: "bastion.example.com", user: "backup", port: 2222 }],
  ["ssh://backup@bastion:22/", { address: "bastion", user: "backup", port: 22 }],
  ["[2001:db8::7]:2222", { address: "2001:db8::7", port: 2222 }],
  ["2001:db8::7", { address: "2001:db8::7" }],
])("reads %s as ssh -J does", (text, expected) => {
  expect(parseHop(text)).toMatchObject(expected);
});

test.each([
  "",
  "a b",
  "bastion:",
  "bastion:0",
  "bastion:99999",
  "-oProxyCommand=x",
  "a@b@c",
  "bastion:22:23x",
  "@bastion",
])("refuses %j", (text) => {
  expect(parseHop(text)).toBeUndefined();
});
