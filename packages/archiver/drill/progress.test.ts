import { expect, test } from "vitest";
import { type DrillFigures, drillLines } from "./progress.ts";

type Drill = DrillFigures["drills"][number];

function drill(application: string, bytes: number, lastDuration?: number): Drill {
  const name = `${application}_20261122T020000Z.tar.zst`;
  const archive = { host: "app01", application, name, bytes, sha1: "0" };
  return { host: "app01", application, action: "drill", archive, lastDuration };
}

const wiki = drill("wiki", 1e9, 120_000);
const jira = drill("jira", 3e9);

test("tells what is drilled, for how long, and how long it took the last time", () => {
  const figures = { drills: [wiki, jira], finished: [], current: { drill: wiki, elapsed: 65_000 }, elapsed: 65_000 };
  expect(drillLines(figures)).toEqual([
    "app01/wiki  wiki_20261122T020000Z.tar.zst  1.00 GB  for 1 min 5 s, 2 min the last time",
    "all  0 of 2 applications  0 B of 4.00 GB",
  ]);
});

test("takes the speed of this run's drills where an application was never drilled before", () => {
  const figures = {
    drills: [wiki, jira],
    finished: [wiki],
    current: { drill: jira, elapsed: 60_000 },
    elapsed: 160_000,
  };
  expect(drillLines(figures).at(-1)).toBe("all  1 of 2 applications  1.00 GB of 4.00 GB  6.25 MB/s  about 7 min left");
});

test("promises nothing less than no time for a drill that takes longer than the last one", () => {
  const figures = { drills: [wiki], finished: [], current: { drill: wiki, elapsed: 500_000 }, elapsed: 500_000 };
  expect(drillLines(figures).at(-1)).toContain("about 0.0 s left");
});
