import { expect, test } from "vitest";
import { manifestOf } from "../test/archive-fixture.ts";
import { manifestSchema } from "./manifest.ts";

const sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const tree = {
  label: "home",
  source: "/srv/wiki",
  files: 1,
  directories: 1,
  links: 0,
  bytes: 5,
  skipped: [{ path: "/srv/wiki/socket", reason: "a socket" }],
  skippedCount: 1,
  excluded: ["logs/"],
  warnings: [],
};
const manifest = manifestOf([{ member: "database/wiki.sql", parts: 1, bytes: 10, sha1 }], [tree]);

test("accepts what the agent writes, after a way through JSON", () => {
  expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
});

test.each([
  ["another schema version", { ...manifest, schemaVersion: 2 }],
  ["a time without zone", { ...manifest, startedAt: "2026-11-23T02:00:00" }],
  ["no trees", { ...manifest, trees: undefined }],
  ["a dump without parts", { ...manifest, databases: [{ ...manifest.databases[0], parts: 0 }] }],
  ["a SHA1 that is none", { ...manifest, databases: [{ ...manifest.databases[0], sha1: "x" }] }],
  ["fractions of files", { ...manifest, trees: [{ ...manifest.trees[0], files: 1.5 }] }],
])("refuses %s", (_, value) => {
  expect(manifestSchema.safeParse(value).success).toBe(false);
});
