import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyRetention, type RetentionPolicy } from "@catapullt/core/retention/policy";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { makeDocumentedArchive } from "./documented-archive.ts";
import { runOn } from "./intranet-host.ts";
import { startHost } from "./lost-host.ts";

const page = readFileSync(new URL("../../docs/how-to/size-the-disk.md", import.meta.url), "utf8");
const sentences = page.replaceAll(/\s+/g, " ");
const day = 24 * 60 * 60 * 1000;

/** The cells of the rows of a table that match. */
function rows(pattern: RegExp): string[][] {
  const lines = page.split("\n").filter((line) => pattern.test(line));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** How many archives a policy keeps at most, with one backup each night of four years. */
function mostKept(policy: RetentionPolicy): number {
  let kept: { name: string; time: Date }[] = [];
  let most = 0;
  for (let night = 0; night < 4 * 365; night += 1) {
    const time = new Date(Date.UTC(2023, 0, 1, 2) + night * day);
    const plan = applyRetention([...kept, { name: time.toISOString(), time }], policy, { now: time, timeZone: "UTC" });
    kept = plan.keep.map(({ archive }) => archive);
    most = Math.max(most, kept.length);
  }
  return most;
}

test.each(rows(/^\| `\{ last/))(
  "docs/how-to/size-the-disk.md: %s keeps at most %s archives",
  (policy = "", archives) => {
    const rules = [...policy.matchAll(/(\w+): (\d+)/g)].map(([, rule, count]) => [rule, Number(count)]);
    expect(mostKept(Object.fromEntries(rules))).toBe(Number(archives));
  },
);

interface Example {
  host: string;
  application: string;
  before: number;
  now: number;
}

const examples: Example[] = rows(/^\| wiki\d/).map(([name = "", before = "", now = ""]) => {
  const [host = "", application = ""] = name.split("/");
  return { host, application, before: Number.parseFloat(before), now: Number.parseFloat(now) };
});

test("docs/how-to/size-the-disk.md computes its example right", () => {
  const grown = examples.map(({ before, now }) => now * (now / before) ** 3);
  const sum = grown.reduce((total, size) => total + size * 22, 0);
  const spare = 2 * Math.max(...grown);
  const [table, together] = [rows(/^\| wiki\d/), rows(/^\| together/)];
  expect(table.map((cells) => cells.slice(3))).toEqual(
    examples.map(({ before, now }, index) => {
      const size = grown[index] ?? 0;
      return [`${((now / before - 1) * 100).toFixed(1)} %`, `${size.toFixed(2)} GB`, `${(size * 22).toFixed(1)} GB`];
    }),
  );
  expect(together[0]?.at(-1)).toBe(`${sum.toFixed(1)} GB`);
  const total = Math.ceil((sum + spare) / 0.85);
  expect(sentences).toContain(`(${sum.toFixed(1)} GB + ${spare.toFixed(1)} GB) / 0.85 = ${total} GB`);
  const largest = Math.max(...examples.map(({ now }) => now));
  expect(sentences).toContain(`two weeks away: 15 × ${largest} GB = ${((14 + 1) * largest).toFixed(1)} GB`);
});

test("every command of docs/how-to/size-the-disk.md works as it stands there, and prints the example's figures", {
  timeout: 120_000,
}, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  writeFiles(host.root, {
    "/etc/backup-tools/archiver.yaml":
      "vault: /srv/backups\nhosts: { wiki01: { type: local, path: /var/backups/backup-tools } }\n",
  });
  const [measure = "", shown, compute = "", ...more] = readCodeBlocks("how-to/size-the-disk.md").map(
    ({ content }) => content,
  );
  expect(more).toEqual([]);
  const [history = "", summary = ""] = measure.split("\n");
  await runOn(host, history);
  const file = join(host.root, "var/tmp/history.json");
  const [real] = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>[];
  expect(await runOn(host, summary)).toMatch(/^wiki01\tconfluence\t(\d+)\t\1\n$/);

  const gigabyte = 1_000_000_000;
  const series = examples.flatMap(({ host: name, application, before, now }) =>
    [before, (before + now) / 2, now].map((size) => ({
      ...real,
      host: name,
      application,
      bytes: Math.round(size * gigabyte),
    })),
  );
  writeFileSync(file, JSON.stringify(series));
  expect(await runOn(host, summary)).toBe(shown);
  const [, total = ""] = /0\.85 = (\d+ GB)/.exec(sentences) ?? [];
  expect(await runOn(host, compute)).toBe(`${total}\n`);
});
