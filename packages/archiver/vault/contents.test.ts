import type { Manifest } from "@catapullt/core/archive/manifest";
import { expect, test } from "vitest";
import { contentsSchema, summarizeManifest, tableBytesFloor } from "./contents.ts";

const manifest: Manifest = {
  schemaVersion: 1,
  application: "wiki",
  type: "generic",
  version: { before: "1", after: "1", sources: [] },
  host: "wiki01",
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: "2026-11-23T02:00:09.000Z",
  tools: {},
  databases: [
    {
      name: "wiki",
      engine: "mysql",
      member: "database/wiki.sql",
      parts: 1,
      bytes: 1_000_000,
      sha1: "a".repeat(40),
      serverVersion: "8",
      dumpTool: "mysqldump",
      tables: [
        { name: "page", kind: "table", bytes: tableBytesFloor },
        { name: "small", kind: "table", bytes: tableBytesFloor - 1 },
        { name: "all", kind: "view" },
        { name: "__proto__", kind: "table", bytes: 900_000 },
      ],
    },
  ],
  trees: [
    {
      label: "home",
      source: "/srv/wiki",
      files: 3,
      directories: 1,
      links: 0,
      bytes: 12,
      skipped: [],
      skippedCount: 0,
      excluded: [],
    },
  ],
  warnings: [],
};

test("keeps times, and sizes of dumps, of tables that are not small, and of trees", () => {
  const contents = summarizeManifest(manifest);
  expect(contents).toMatchObject({
    startedAt: "2026-11-23T02:00:00.000Z",
    endedAt: "2026-11-23T02:00:09.000Z",
    version: "1",
    databases: [{ name: "wiki", engine: "mysql", bytes: 1_000_000, tableCount: 4 }],
    trees: [{ label: "home", files: 3, bytes: 12 }],
  });
  expect(Object.entries(contents.databases[0]?.tables ?? {})).toEqual([
    ["page", tableBytesFloor],
    ["__proto__", 900_000],
  ]);
  expect(contentsSchema.parse(JSON.parse(JSON.stringify(contents)))).toMatchObject({ trees: [{ files: 3 }] });
});
