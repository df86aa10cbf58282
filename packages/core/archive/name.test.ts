import { expect, test } from "vitest";
import { formatArchiveName, isApplicationName, parseArchiveName } from "./name.ts";

const time = new Date("2026-11-23T02:00:00Z");

test.each([
  ["zstd", "confluence_20261123T020000Z.tar.zst"],
  ["gzip", "confluence_20261123T020000Z.tar.gz"],
  ["none", "confluence_20261123T020000Z.tar"],
] as const)("names an archive by application, time in UTC and compression (%s)", (compression, name) => {
  expect(formatArchiveName({ application: "confluence", time, compression })).toBe(name);
  expect(parseArchiveName(name)).toEqual({ application: "confluence", time, compression });
});

test("cuts fractions of a second", () => {
  expect(formatArchiveName({ application: "a", time: new Date("2026-11-23T02:00:00.999Z"), compression: "none" })).toBe(
    "a_20261123T020000Z.tar",
  );
});

test.each([
  "",
  "confluence.tar.zst",
  "_20261123T020000Z.tar",
  "Confluence_20261123T020000Z.tar",
  "-a_20261123T020000Z.tar",
  ".a_20261123T020000Z.tar",
  "../a_20261123T020000Z.tar",
  "a/b_20261123T020000Z.tar",
  "a\n_20261123T020000Z.tar",
  "a_20261123T020000Z.tar\n",
  "a_20260231T020000Z.tar",
  "a_20261123T250000Z.tar",
  "a_20261123T020060Z.tar",
  "a_20261123T020000.tar",
  "a_20261123T020000Z.tar.xz",
  "a_20261123T020000Z.tar.zst.sha1",
  ".a_20261123T020000Z.tar.zst.part",
  `${"a".repeat(64)}_20261123T020000Z.tar`,
])("parses no other name: %j", (name) => {
  expect(parseArchiveName(name)).toBeUndefined();
});

test.each([
  ["a", true],
  ["wiki2", true],
  ["my-app.example", true],
  ["a".repeat(63), true],
  ["a".repeat(64), false],
  ["", false],
  ["A", false],
  ["a_b", false],
  ["-a", false],
  ["a/b", false],
])("judges the application name %j", (name, isValid) => {
  expect(isApplicationName(name)).toBe(isValid);
});
