import { type MetricFamily, parseMetrics } from "@catapullt/testkit/prometheus";
import { describe, expect, test } from "vitest";
import { recordedArchive } from "../test/recorded-archive.ts";
import type { ArchiveContents } from "../vault/contents.ts";
import { type ApplicationFacts, formatMetrics } from "./metrics.ts";

const now = new Date("2026-11-24T12:00:00.000Z");

function contents(change: Partial<ArchiveContents> = {}): ArchiveContents {
  return {
    startedAt: "2026-11-24T02:00:00.000Z",
    endedAt: "2026-11-24T02:01:30.500Z",
    databases: [],
    trees: [],
    ...change,
  };
}

function database(name: string, bytes: number) {
  return { name, engine: "mysql", bytes, tableCount: 0, tables: {} };
}

function facts(change: Partial<ApplicationFacts> = {}): ApplicationFacts {
  return { host: "wiki01", application: "wiki", history: [], lastProof: undefined, expected: true, ...change };
}

function parse(applications: ApplicationFacts[], freeBytes?: number): Promise<MetricFamily[]> {
  return parseMetrics(formatMetrics({ applications, freeBytes, now }));
}

/** Samples as `name{label=value}`, without those of host and application. */
function valuesOf(families: readonly MetricFamily[]): Record<string, number> {
  const samples = families.flatMap((family) => family.samples);
  return Object.fromEntries(
    samples.map(({ name, labels: { host: _, application: __, ...labels }, value }) => [
      `${name}${Object.values(labels).map((label) => ` ${label}`)}`,
      value,
    ]),
  );
}

describe("formatMetrics", () => {
  test("tells of the newest archive in the vault, in gauges without times", async () => {
    const history = [
      recordedArchive("2026-11-22T02:00:00Z", {
        provenAt: "2026-11-22T06:00:00.000Z",
        recoverySeconds: 77,
        goneAt: now,
      }),
      recordedArchive("2026-11-23T02:00:00Z", { bytes: 900 }),
      recordedArchive("2026-11-24T02:00:00Z", {
        bytes: 1234,
        verifiedAt: "2026-11-24T04:00:00.250Z",
        contents: contents({
          databases: [database("wiki", 5000)],
          trees: [{ label: "home", files: 12, bytes: 7000 }],
        }),
      }),
    ];

    const families = await parse([facts({ history, lastProof: new Date("2026-11-22T06:00:00.000Z") })], 1e15);

    expect(valuesOf(families)).toEqual({
      backup_expected: 1,
      backup_archives: 2,
      backup_archive_timestamp_seconds: Date.parse("2026-11-24T02:00:00Z") / 1000,
      backup_archive_bytes: 1234,
      backup_duration_seconds: 90.5,
      backup_verified_timestamp_seconds: Date.parse("2026-11-24T04:00:00.250Z") / 1000,
      backup_proven_timestamp_seconds: Date.parse("2026-11-22T06:00:00Z") / 1000,
      backup_recovery_seconds: 77,
      "backup_dump_bytes wiki": 5000,
      "backup_tree_bytes home": 7000,
      "backup_tree_files home": 12,
      backup_vault_free_bytes: 1e15,
    });
    for (const { name, type, help, samples } of families) {
      expect(type).toBe("gauge");
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const sample of samples) {
        expect(sample.timestamp).toBeNull();
        if (name !== "backup_vault_free_bytes")
          expect(sample.labels).toMatchObject({ host: "wiki01", application: "wiki" });
      }
    }
  });

  test("has the same metrics where there is nothing to tell, so that an alert on age fires", async () => {
    const families = await parse([facts()]);
    expect(valuesOf(families)).toEqual({
      backup_expected: 1,
      backup_archives: 0,
      backup_archive_timestamp_seconds: 0,
      backup_verified_timestamp_seconds: 0,
      backup_proven_timestamp_seconds: 0,
    });
    expect(families.map(({ name }) => name)).toEqual((await parse([], 1)).map(({ name }) => name));
    expect(families).toHaveLength(12);
  });

  test("does not believe archives that are dated in the future, nor clocks that were set back", async () => {
    const history = [
      recordedArchive("2026-11-24T02:00:00Z", { contents: contents({ endedAt: "2026-11-24T01:00:00.000Z" }) }),
      recordedArchive("2027-11-24T02:00:00Z", { bytes: 1 }),
    ];
    const values = valuesOf(await parse([facts({ history })]));
    expect(values).toMatchObject({ backup_archives: 2, backup_archive_bytes: 1000 });
    expect(values).not.toHaveProperty("backup_duration_seconds");
  });

  test.each([
    ["quotes", 'a"b"'],
    ["backslashes", "a\\b\\"],
    ["braces, blanks and commas", '} 1\\",b="{'],
    ["other alphabets", "Überblick 日本 🙂"],
    ["nothing", ""],
  ])("keeps names with %s as they are", async (_, name) => {
    const history = [
      recordedArchive("2026-11-24T02:00:00Z", { contents: contents({ databases: [database(name, 5)] }) }),
    ];
    expect(valuesOf(await parse([facts({ history })]))).toHaveProperty([`backup_dump_bytes ${name}`], 5);
  });

  test.each([
    ["line\nfeed", "line\\nfeed"],
    ["carriage\rreturn", "carriage\\rreturn"],
    ["nul\0", "nul\\u0000"],
    ["no unicode\ud800", "no unicode\ufffd"],
  ])("makes %j visible", async (name, visible) => {
    const history = [
      recordedArchive("2026-11-24T02:00:00Z", { contents: contents({ databases: [database(name, 5)] }) }),
    ];
    expect(valuesOf(await parse([facts({ history })]))).toHaveProperty([`backup_dump_bytes ${visible}`], 5);
  });

  test("never has a series twice", async () => {
    const databases = [database("wiki", 5), database("wiki", 7)];
    const history = [recordedArchive("2026-11-24T02:00:00Z", { contents: contents({ databases }) })];
    const families = await parse([facts({ history })]);
    expect(families.find(({ name }) => name === "backup_dump_bytes")?.samples).toMatchObject([{ value: 12 }]);
  });

  test("tells applications of the same name on two hosts apart", async () => {
    const families = await parse([facts(), facts({ host: "wiki02", expected: false })]);
    expect(families[0]?.samples).toMatchObject([
      { labels: { host: "wiki01" }, value: 1 },
      { labels: { host: "wiki02" }, value: 0 },
    ]);
  });
});
