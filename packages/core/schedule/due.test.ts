import { expect, test } from "vitest";
import { z } from "zod";
import { findDue, findNext } from "./due.ts";
import { checkExpectedTimes, expectedTimesKeys } from "./expectation.ts";

const expectationSchema = z.strictObject(expectedTimesKeys).superRefine(checkExpectedTimes);

const due = (expectation: object, now: string, timeZone = "UTC") => {
  const found = findDue(expectationSchema.parse(expectation), { now: new Date(now), timeZone });
  return found && { since: found.since.toISOString(), expectedAt: found.expectedAt.toISOString() };
};

test("by interval, asks for a backup within the interval and the grace before now", () => {
  expect(due({ every: "24h", grace: "4h" }, "2026-11-24T08:00:00Z")).toMatchObject({
    since: "2026-11-23T04:00:00.000Z",
  });
  expect(due({ every: "24h" }, "2026-11-24T08:00:00Z")).toMatchObject({ since: "2026-11-23T07:00:00.000Z" });
});

test.each([
  ["within the grace, the backup of the day before is enough", "2026-11-24T05:59:00Z", "2026-11-23T02:00:00.000Z"],
  ["after the grace, this night's is due", "2026-11-24T06:00:00Z", "2026-11-24T02:00:00.000Z"],
  ["until the next night's grace is over", "2026-11-25T05:59:00Z", "2026-11-24T02:00:00.000Z"],
])("by schedule: %s", (_, now, expectedAt) => {
  expect(due({ schedule: "0 2 * * *", grace: "4h" }, now)).toMatchObject({ expectedAt });
});

test("puts up with a host's clock that is a little behind, by less than half of the interval", () => {
  expect(due({ schedule: "0 2 * * *" }, "2026-11-24T08:00:00Z")?.since).toBe("2026-11-24T01:45:00.000Z");
  expect(due({ schedule: "*/10 * * * *", grace: "0s" }, "2026-11-24T08:00:00Z")?.since).toBe(
    "2026-11-24T07:55:00.000Z",
  );
});

test("takes a schedule in its own time zone, else in this host's", () => {
  const schedule = "0 2 * * *";
  const now = "2026-07-24T08:00:00Z";
  expect(due({ schedule, timeZone: "Europe/Berlin" }, now)?.expectedAt).toBe("2026-07-24T00:00:00.000Z");
  expect(due({ schedule }, now, "Asia/Tokyo")?.expectedAt).toBe("2026-07-23T17:00:00.000Z");
});

test("tells when the next run is expected: an interval after the last one, or when the schedule says", () => {
  const next = (expectation: object, last?: Date) =>
    findNext(expectationSchema.parse(expectation), { now: new Date("2026-11-24T08:00:00Z"), timeZone: "UTC", last });
  const last = new Date("2026-11-24T02:10:00Z");
  expect(next({ every: "24h" }, last)).toEqual(new Date("2026-11-25T02:10:00Z"));
  expect(next({ every: "24h" })).toBeUndefined();
  expect(next({ schedule: "0 2 * * *" }, last)).toEqual(new Date("2026-11-25T02:00:00Z"));
});

test.each([
  [{}, "missing; expected a duration such as 24h, or a schedule"],
  [{ every: "24h", schedule: "0 2 * * *" }, "expected either every or schedule, got both"],
  [{ every: "24h", timeZone: "Europe/Berlin" }, "expected only beside schedule"],
  [{ schedule: "0 25 * * *" }, "expected a cron expression such as 0 2 * * *"],
  [{ schedule: "0 2 * * *", timeZone: "Berlin" }, "expected a time zone such as Europe/Berlin"],
  [{ every: "0s" }, "expected a duration longer than nothing"],
])("refuses %j", (expectation, message) => {
  const parsed = expectationSchema.safeParse(expectation);
  expect(parsed.error?.issues.map((issue) => issue.message).join("\n")).toContain(message);
});
