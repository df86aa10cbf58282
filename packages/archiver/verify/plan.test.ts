import { expect, test } from "vitest";
import type { KnownArchive } from "../catalog/catalog.ts";
import { planVerify } from "./plan.ts";

const day = 86_400_000;
const now = new Date("2026-11-23T12:00:00.000Z");

/** Archives named by how many days ago they were verified; `never` for those that were not. */
function plan(ages: (number | "never")[], options: Partial<Parameters<typeof planVerify>[0]> = {}): string[] {
  const held = ages.map((age, index) => ({
    name: `${index}:${age}`,
    verifiedAt: age === "never" ? undefined : new Date(now.getTime() - age * day).toISOString(),
  })) as KnownArchive[];
  const facts = { held, now, since: undefined, sample: undefined, random: () => 0 };
  return planVerify({ ...facts, ...options }).map(({ name }) => name.split(":")[1] ?? "");
}

test("takes all, the longest unverified first, and those never verified before them", () => {
  expect(plan([1, 30, "never", 7])).toEqual(["never", "30", "7", "1"]);
});

test("leaves out what was verified within the time, not what was verified that long ago", () => {
  expect(plan([1, 30, "never", 7], { since: 7 * day })).toEqual(["never", "30", "7"]);
});

test("does not believe a verification in the future", () => {
  expect(plan([1, -1, 2], { since: day })).toEqual(["-1", "2", "1"]);
});

test.each([
  [{ count: 2 }, ["never", "30"]],
  [{ count: 9 }, ["never", "30", "7", "1"]],
  [{ percent: 25 }, ["never"]],
  [{ percent: 26 }, ["never", "30"]],
  [{ percent: 0.001 }, ["never"]],
  [{ percent: 100 }, ["never", "30", "7", "1"]],
])("takes %j of them", (sample, expected) => {
  expect(plan([1, 30, "never", 7], { sample })).toEqual(expected);
});

test("takes a share of all archives, not of those that are due", () => {
  expect(plan([1, 30, "never", 7], { sample: { percent: 50 }, since: 8 * day })).toEqual(["never", "30"]);
});

test("leaves to chance what nothing tells apart", () => {
  const lots = [0.9, 0.1, 0.5];
  const facts = { now, since: undefined, sample: undefined, random: () => lots.shift() ?? 0 };
  const held = ["x", "y", "z"].map((name) => ({ name, verifiedAt: undefined })) as KnownArchive[];
  expect(planVerify({ ...facts, held }).map(({ name }) => name)).toEqual(["y", "z", "x"]);
});

test("has nothing to do in an empty vault", () => {
  expect(plan([], { sample: { percent: 50 } })).toEqual([]);
});
