import { expect, test } from "vitest";
import { hostSighting } from "../test/health-facts.ts";
import type { HostSighting } from "../vault/sighting.ts";
import { tellHost } from "./hosts.ts";
import { toOwnClock } from "./moment.ts";

const failure = { code: "host-unreachable", message: "no answer" };
const away = { failure, reachedAt: "2026-11-22T04:00:00.000Z" };
const measuredAt = "2026-11-24T04:00:00.000Z";

const tell = (sighting: Partial<HostSighting>, { isTold = false, trouble = undefined as string | undefined } = {}) =>
  tellHost({ host: "wiki01", sighting: hostSighting(sighting), trouble }, { clockLimit: 60_000, isTold }).map(
    ({ kind, message }) => `${kind}: ${message}`,
  );

test("tells of a host that the last pull has not reached, unless a late backup says so already", () => {
  expect(tell(away)).toEqual([
    "unreachable: wiki01 was not reached since 2026-11-22 04:00 UTC: host-unreachable: no answer",
  ]);
  expect(tell(away, { isTold: true })).toEqual([]);
  expect(tell({ failure })).toEqual([]);
});

test.each([
  [61, "clock: its clock was 1 min 1 s ahead of this host's at 2026-11-24 04:00 UTC: set it right"],
  [-7200, "clock: its clock was 2 h behind this host's at"],
])("tells of a clock that is %d seconds ahead", (offset, message) => {
  expect(tell({ clock: { offset, measuredAt } })).toEqual([expect.stringContaining(message)]);
});

test.each([59, -59, 0])("puts up with a clock that is %d seconds ahead", (offset) => {
  expect(tell({ clock: { offset, measuredAt } })).toEqual([]);
});

test("tells of a place in the vault that cannot be read, also of a host that no pull has visited", () => {
  const found = tellHost(
    { host: "wiki01", sighting: undefined, trouble: "permission denied" },
    { clockLimit: 60_000, isTold: false },
  );
  expect(found).toMatchObject([{ kind: "unreadable", message: expect.stringContaining("permission denied") }]);
});

test("corrects a host's times by what its clock was found to be, but not by nonsense", () => {
  const time = new Date("2026-11-24T04:00:00Z");
  expect(toOwnClock(time, { clock: { offset: 3600, measuredAt } })).toEqual(new Date("2026-11-24T03:00:00Z"));
  expect(toOwnClock(time, { clock: { offset: 1e300, measuredAt } })).toEqual(time);
  expect(toOwnClock(time, undefined)).toEqual(time);
});
