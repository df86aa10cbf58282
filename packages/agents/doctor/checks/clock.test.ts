import { expect, test } from "vitest";
import { judgeClock } from "./clock.ts";
import { judgeTimeZone } from "./time-zone.ts";

test.each([
  ["2026-11-23T02:00:00Z", true, "ok", "synchronised"],
  ["2026-11-23T02:00:00Z", undefined, "ok", "nothing here tells"],
  ["2026-11-23T02:00:00Z", false, "warning", "is not synchronised"],
  ["1970-01-01T00:00:07Z", true, "failure", "which cannot be"],
  ["2106-02-07T00:00:00Z", undefined, "failure", "which cannot be"],
])("at %s, synchronised: %s, the clock is judged as %s", (now, synchronised, state, message) => {
  expect(judgeClock(new Date(now), synchronised)).toMatchObject([
    { state, message: expect.stringContaining(message), fix: state === "ok" ? undefined : expect.any(String) },
  ]);
});

test.each([
  ["Europe/Berlin", undefined, "ok"],
  ["Europe/Berlin", "Europe/Berlin", "ok"],
  ["Etc/UTC", "UTC", "ok"],
  [undefined, ":UTC", "ok"],
  ["Europe/Berlin", "UTC", "warning"],
  ["Europe/Berlin", "Berlin", "warning"],
])("where the system's zone is %s and TZ is %s, the zone is judged as %s", (zone, variable, state) => {
  expect(judgeTimeZone(zone, variable)).toMatchObject([{ state }]);
});
