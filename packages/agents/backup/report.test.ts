import { reportSchema } from "@catapullt/core/report/schema";
import { expect, test } from "vitest";
import { successReport } from "./report.ts";

const facts = {
  command: "backup",
  host: "wiki01",
  application: "wiki",
  startedAt: new Date("2026-11-23T02:00:00Z"),
  endedAt: new Date("2026-11-23T02:03:00Z"),
};
const archive = { name: "wiki_20261123T020000Z.tar.zst", path: "/var/backups/wiki", bytes: 7, sha1: "a".repeat(40) };
const manifest = {
  schemaVersion: 1 as const,
  application: "wiki",
  type: "confluence",
  version: { before: "8.5.4", after: "8.5.4", sources: [] },
  host: "wiki01",
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: "2026-11-23T02:03:00.000Z",
  tools: {},
  databases: [],
  trees: [],
  warnings: [],
};

test("a backup without warnings is a success, with its archive and version", () => {
  const report = reportSchema.parse(successReport(facts, { archive, keys: undefined, manifest }));

  expect(report).toMatchObject({ outcome: "success", type: "confluence", version: "8.5.4", failures: [] });
  expect(report.archives).toEqual([{ ...archive, host: "wiki01", application: "wiki", version: "8.5.4" }]);
});

test("a backup with warnings says so, and which", () => {
  const report = successReport(facts, {
    archive,
    keys: { ...archive, name: "wiki-keys_20261123T020000Z.tar.zst" },
    manifest: { ...manifest, warnings: ["a file grew"] },
  });

  expect(report).toMatchObject({ outcome: "warning", warnings: ["a file grew"] });
});
