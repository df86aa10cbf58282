import { chartCharacters } from "@catapullt/core/chart";
import { describe, expect, test } from "vitest";
import { formatDetails } from "./details.ts";
import { type Backup, formatOverview, overviewOf } from "./overview.ts";

const characters = chartCharacters({ LANG: "C.UTF-8" });
const day = 86_400_000;
const wiki = { host: "wiki01", application: "wiki" };

/** A backup each day, the first one on the 1st of October 2026. */
function backups(...sizes: number[]): Backup[] {
  return sizes.map((bytes, index) => ({
    time: new Date(Date.UTC(2026, 9, 1, 2) + index * day),
    bytes,
    bytesBefore: sizes[index - 1],
    seconds: 90,
    version: "7.19.4",
    goneAt: undefined,
  }));
}

function overview(sizes: number[], width?: number, id = wiki): string {
  return formatOverview(overviewOf(id, backups(...sizes)), { characters, width });
}

describe("formatOverview", () => {
  test("has a row for each application, with the last size, its change, the median and a chart", () => {
    expect(overview([1_000_000, 1_000_000, 1_000_000, 500_000])).toBe(
      "HOST    APPLICATION  BACKUPS  FIRST (UTC)  LAST (UTC)          SIZE  CHANGE   MEDIAN    DURATION  SIZES\n" +
        "wiki01  wiki               4  2026-10-01   2026-10-04 02:00  500 kB   -50 %  1.00 MB  1 min 30 s  ███▄\n",
    );
  });

  test("charts the last thirty", () => {
    expect(overview(Array.from({ length: 100 }, () => 5))).toMatch(/ 100 .* █{30}\n$/);
  });

  test.each([200, 120, 110, 100, 80])("fits into a terminal of %i columns", (width) => {
    const lines = overview(
      Array.from({ length: 100 }, () => 5),
      width,
    ).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/ █{8,30}$/);
  });

  test("makes control characters visible", () => {
    expect(overview([1], undefined, { host: "wiki\u001b[2J01\r", application: "wiki" })).toMatch(/^wiki01\\r {2}wiki/m);
  });
});

describe("formatDetails", () => {
  test("has a row for each backup, also of one that has left the vault, and a summary", () => {
    const [first, second] = backups(1_000_000, 250_000) as [Backup, Backup];
    const gone = { ...first, goneAt: new Date("2026-10-20T05:00:00Z"), seconds: undefined, version: undefined };
    expect(formatDetails(wiki, [gone, second], { characters, width: undefined }).split("\n")).toEqual([
      "TIME (UTC)              SIZE  CHANGE    DURATION  VERSION  LEFT VAULT",
      `2026-10-01 02:00:00  1.00 MB       -           -  -        2026-10-20  ${"█".repeat(40)}`,
      `2026-10-02 02:00:00   250 kB   -75 %  1 min 30 s  7.19.4   -           ${"█".repeat(10)}`,
      "wiki01 wiki: 2 backups, 1 in the vault; 250 kB to 1.00 MB, median 625 kB; median duration 1 min 30 s",
      "",
    ]);
  });

  test.each([
    [200, 40],
    [106, 38],
    [76, 8],
    [71, 0],
  ])("has in a terminal of %i columns a bar of %i", (width, bar) => {
    const [, row = ""] = formatDetails(wiki, backups(1, 1), { characters, width }).split("\n");
    expect(row.length).toBeLessThanOrEqual(width);
    expect(row.replace(/[^█]/g, "")).toHaveLength(bar);
  });

  test("says one backup of one, and shows an empty archive without a bar", () => {
    const [, row, summary] = formatDetails(wiki, backups(0), { characters, width: 80 }).split("\n");
    expect(row).toMatch(/7\.19\.4 {3}-$/);
    expect(summary).toBe("wiki01 wiki: 1 backup, 1 in the vault; 0 B to 0 B, median 0 B; median duration 1 min 30 s");
  });
});
