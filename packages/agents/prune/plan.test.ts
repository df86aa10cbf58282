import { expect, test } from "vitest";
import { planPrune } from "./plan.ts";

const archive = (day: string) => `wiki_202611${day}T020000Z.tar.zst`;
const finished = (...days: string[]) => days.flatMap((day) => [archive(day), `${archive(day)}.sha1`]);
const facts = { application: "wiki", now: new Date("2026-11-23T12:00:00Z"), timeZone: "UTC" };

test("removes finished archives that no rule keeps, and says why", () => {
  const plan = planPrune({ ...facts, files: finished("20", "21", "22", "23"), policy: { last: 2 } });
  expect(plan.decisions.map(({ name, action }) => [name, action])).toEqual([
    [archive("23"), "keep"],
    [archive("22"), "keep"],
    [archive("21"), "remove"],
    [archive("20"), "remove"],
  ]);
  expect(plan.decisions.every(({ reasons }) => reasons.length > 0)).toBe(true);
});

test("never speaks of unfinished archives and of what is not the application's", () => {
  const files = [
    ...finished("22", "23"),
    archive("19"),
    `.${archive("18")}.part`,
    "wiki_20261117T020000Z.tar.zst.sha1",
    "wiki2_20261101T020000Z.tar.zst",
    "wiki2_20261101T020000Z.tar.zst.sha1",
    "notes.txt",
    "before-restore-20261101T020000Z",
  ];
  const plan = planPrune({ ...facts, files, policy: { last: 1 } });
  expect(plan.decisions.map(({ name }) => name)).toEqual([archive("23"), archive("22")]);
});

test("keeps everything under an empty policy, and the newest under any", () => {
  expect(
    planPrune({ ...facts, files: finished("01", "02"), policy: {} }).decisions.map(({ action }) => action),
  ).toEqual(["keep", "keep"]);
  const strict = planPrune({ ...facts, files: finished("01", "02"), policy: { yearly: 0, last: 0, daily: 1 } });
  expect(strict.decisions.map(({ action }) => action)).toEqual(["keep", "remove"]);
});

test("keeps archives that are dated in the future, does not count them and warns", () => {
  const plan = planPrune({ ...facts, files: finished("20", "21", "30"), policy: { last: 1 } });
  expect(plan.decisions.map(({ name, action }) => [name, action])).toEqual([
    [archive("30"), "keep"],
    [archive("21"), "keep"],
    [archive("20"), "remove"],
  ]);
  expect(plan.warnings).toEqual([expect.stringContaining(archive("30"))]);
});
