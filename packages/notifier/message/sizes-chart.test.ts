import { describe, expect, it } from "vitest";
import type { RecordedRun } from "../state/job-record.ts";
import { renderBrief } from "./brief.ts";
import type { Content, Section } from "./content.ts";
import { renderHtml } from "./html.ts";
import { sizesSection } from "./sizes-chart.ts";
import { renderSection } from "./text.ts";

function nights(...sizes: (number | undefined)[]): RecordedRun[] {
  return sizes.map((bytes, index) => {
    const startedAt = new Date(Date.UTC(2026, 10, 1 + index, 2));
    const state = bytes === undefined ? "failure" : "success";
    return { state, startedAt, endedAt: startedAt, exitCode: bytes === undefined ? 1 : 0, bytes };
  });
}

function chart(runs: readonly RecordedRun[]): Section {
  const section = sizesSection(runs);
  if (section === undefined) throw new Error("there is no chart");
  return section;
}

const contentOf = (section: Section): Content => {
  return { badge: "OK", tone: "good", headline: "a on b", summary: "done", sections: [section] };
};

describe("the sizes of the last runs", () => {
  it("are bars as long as the sizes, oldest first, with a gap for a run that failed", () => {
    expect(renderSection(chart(nights(500_000, undefined, 1_000_000, 0)))).toBe(`Sizes of the last runs
----------------------
Sun  1 Nov 02:00  ██████████████████ 500 kB
Mon  2 Nov 02:00  failed
Tue  3 Nov 02:00  ████████████████████████████████████ 1.00 MB
Wed  4 Nov 02:00  0 B
`);
  });

  it("fit in 72 columns, whatever runs there were", () => {
    const runs = nights(...Array.from({ length: 60 }, (_, index) => 999_000_000_000_000 - index));
    const failedWithSize = runs.map((run) => ({ ...run, state: "failure" as const }));
    const lines = renderSection(chart(failedWithSize)).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(lines.filter((line) => line.includes("█"))).toHaveLength(14);
  });

  it("are left out where there is nothing to compare", () => {
    expect([sizesSection([]), sizesSection(nights(1)), sizesSection(nights(1, undefined))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("tell a run that has no size though it did not fail", () => {
    const [first, second, third] = nights(1, 2, 3);
    const runs = [first, { ...second, bytes: undefined }, third].filter((run) => run !== undefined) as RecordedRun[];
    expect(renderSection(chart(runs))).toMatch(/^Mon {2}2 Nov 02:00 {2}no size$/m);
  });

  it("are one line in a short text, with a blank for a run that failed", () => {
    const { body } = renderBrief(contentOf(chart(nights(1_000, undefined, 4_000, 8_000))), {
      limit: 1_000,
      cost: (text) => text.length,
    });
    expect(body).toBe("done\n\nSizes of the last runs: ▁ ▄█ 8.00 kB");
  });

  it("are cells with colours of their own in HTML, without images and style sheets", () => {
    const html = renderHtml(contentOf(chart(nights(500, undefined, 1_000))));
    expect([...html.matchAll(/<td width="(\d+)%"/g)].map(([, width]) => width)).toEqual(["50", "50", "100"]);
    expect(html).toMatch(/background:#cf222e">failed<\/span>/);
    expect(html).not.toMatch(/<img|<svg|<style|class=|display:\s*(?:flex|grid)/);
  });
});
