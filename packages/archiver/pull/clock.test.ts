import { OperationError } from "@catapullt/core/errors";
import { expect, test } from "vitest";
import { type ChangeTimes, measureClock, readClock } from "./clock.ts";

const noon = Date.UTC(2026, 10, 24, 12);
const times: ChangeTimes = { before: 1_700_000_000, after: noon / 1000, begun: noon + 400, ended: noon + 600 };

test("finds a clock that shows the same second right", () => {
  expect(readClock(times)).toEqual({ offset: 0, measuredAt: "2026-11-24T12:00:00.600Z" });
});

test.each([
  ["ahead by an hour", 3600],
  ["behind by a day", -86_400],
  ["ahead by three seconds", 3],
])("tells a clock that is %s", (_, offset) => {
  expect(readClock({ ...times, after: noon / 1000 + offset })?.offset).toBe(offset);
});

test("takes the middle of a removal that took long", () => {
  expect(readClock({ ...times, begun: noon - 9_000, ended: noon + 1_000 })?.offset).toBe(4.5);
});

test.each<[string, Partial<ChangeTimes>]>([
  ["does not change when something is removed", { before: noon / 1000 }],
  ["is not told before", { before: undefined }],
  ["is not told after", { after: undefined }],
  ["is no number", { after: Number.NaN }],
])("reads nothing from a directory whose time %s", (_, change) => {
  expect(readClock({ ...times, ...change })).toBeUndefined();
});

test("reads nothing where this host's own clock was set back meanwhile", () => {
  expect(readClock({ ...times, begun: noon + 700 })).toBeUndefined();
});

test("removes in order, and all the same where the directory's time cannot be read", async () => {
  const done: string[] = [];
  const remote = {
    modifiedAt: () => Promise.reject(new OperationError("connection-lost", "gone")),
  };
  const removals = ["archive", "sidecar"].map((name) => async () => void done.push(name));
  expect(await measureClock(remote, "wiki", removals)).toBeUndefined();
  expect(done).toEqual(["archive", "sidecar"]);
});

test("fails with a removal, and goes no further", async () => {
  const done: string[] = [];
  const removals = [() => Promise.reject(new OperationError("removal-failed", "no")), async () => void done.push("x")];
  const remote = { modifiedAt: async () => 1 };
  await expect(measureClock(remote, "wiki", removals)).rejects.toMatchObject({ code: "removal-failed" });
  expect(done).toEqual([]);
});

test("reads the clock of a host whose time is ahead", async () => {
  let directory = 1_700_000_000;
  const remote = { modifiedAt: async () => directory };
  const remove = async () => {
    directory = Math.floor(Date.now() / 1000) + 600;
  };
  const reading = await measureClock(remote, "wiki", [remove]);
  expect(Math.abs((reading?.offset ?? 0) - 600)).toBeLessThanOrEqual(1);
});
