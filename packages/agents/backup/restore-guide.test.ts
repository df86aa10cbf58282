import { expect, test } from "vitest";
import { type RestoreGuideFacts, renderRestoreGuide } from "./restore-guide.ts";

const facts: RestoreGuideFacts = {
  archive: "wiki_20261123T020000Z.tar.zst",
  application: "wiki",
  type: "confluence",
  version: "8.5.4",
  host: "wiki01",
  startedAt: new Date("2026-11-23T02:00:00.123Z"),
  databases: [
    { name: "wiki", engine: "mariadb", lines: ["```sh", "tar -xOf wiki.tar database | mariadb wiki", "```"] },
  ],
  trees: [{ label: "home", directory: "/srv/wiki's home" }],
  notes: ["Start it.", "Look at it."],
};

test("says what it is of, and which version to install first", () => {
  const guide = renderRestoreGuide(facts);

  expect(guide).toContain("`wiki` (confluence 8.5.4) on host `wiki01`, begun 2026-11-23T02:00:00.123Z");
  expect(guide).toContain("Install confluence **8.5.4**");
});

test("checks first, then puts back files, then databases, then the vendor's steps", () => {
  const guide = renderRestoreGuide(facts);
  const steps = ["sha1sum -c", "mkdir -p '/srv/wiki'\\''s home'", "| mariadb wiki", "1. Start it.\n2. Look at it."];

  const positions = steps.map((step) => guide.indexOf(step));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
});

test("asks for zstd only where the archive needs it", () => {
  expect(renderRestoreGuide(facts)).toContain("zstd");
  expect(renderRestoreGuide({ ...facts, archive: "wiki_20261123T020000Z.tar.gz" })).not.toContain("zstd");
});

test("has no section for what is not there", () => {
  const guide = renderRestoreGuide({ ...facts, databases: [], trees: [], notes: [] });

  expect(guide.match(/^## .*/gm)).toEqual(["## Check the archive", "## Prepare the host"]);
});
