import { expect, test } from "vitest";
import { knownHostsName, matchesHosts } from "./match.ts";

test.each([
  ["wiki01", "wiki01", true],
  ["WIKI01", "wiki01", true],
  ["wiki01", "wiki011", false],
  ["wiki01,192.0.2.7", "192.0.2.7", true],
  ["*.example.com", "wiki01.example.com", true],
  ["*.example.com", "example.com", false],
  ["wiki0?", "wiki01", true],
  ["wiki0?", "wiki0", false],
  ["*", "anything", true],
  ["w*0*1", "wiki0001", true],
  ["w*0*2", "wiki0001", false],
  ["*.example.com,!wiki01.example.com", "wiki01.example.com", false],
  ["!wiki01.example.com,*.example.com", "wiki01.example.com", false],
  ["!wiki01.example.com,*.example.com", "wiki02.example.com", true],
  ["!wiki02", "wiki01", false],
  ["[wiki01]:2222", "[wiki01]:2222", true],
  ["[wiki01]:2222", "wiki01", false],
  ["[wiki01]:*", "[wiki01]:2222", true],
  ["[*.example.com]:2222", "[a.example.com]:2222", true],
  ["wiki.1", "wikix1", false],
  ["", "wiki01", false],
  ["|1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|i/0PeXFwFwDkLLc6OW3G/3n9e1Q=", "other.example.com", false],
  ["|2|c2FsdA==|aGFzaA==", "wiki01", false],
  ["|1|onlysalt", "wiki01", false],
])("matches %j against %j: %s", (hosts, name, expected) => {
  expect(matchesHosts(hosts, name)).toBe(expected);
});

test("takes no time that grows with the number of wildcards", () => {
  expect(matchesHosts(`${"*a".repeat(2_000)}b`, "a".repeat(4_000))).toBe(false);
});

test("writes the port into the name unless it is the standard one", () => {
  expect(knownHostsName("Wiki01", 22)).toBe("wiki01");
  expect(knownHostsName("2001:DB8::7", 2222)).toBe("[2001:db8::7]:2222");
});
