import { expect, test } from "vitest";
import { clock, hostSighting, recordedArchive } from "../test/health-facts.ts";
import { newestGood } from "./facts.ts";

const offset = (days: number) =>
  hostSighting({ clock: { offset: days * 86_400, measuredAt: "2026-11-24T04:00:00.000Z" } });
const today = recordedArchive("2026-11-24T02:00:00Z");
const yesterday = recordedArchive("2026-11-23T02:00:00Z");

test("takes the newest that is whole and still there", () => {
  const gone = { ...today, goneAt: clock.now };
  const unverified = { ...today, verifiedAt: undefined };
  for (const archives of [[yesterday], [yesterday, gone], [yesterday, unverified]])
    expect(newestGood({ archives, sighting: undefined }, clock)).toBe(yesterday);
});

test("is not misled, weeks later, by an archive from a night when the clock was ahead", () => {
  const ahead = recordedArchive("2026-11-24T07:00:00Z", { arrivedAt: new Date("2026-10-15T04:00:00Z") });
  expect(newestGood({ archives: [yesterday, today, ahead], sighting: hostSighting() }, clock)).toBe(today);
});

test("does not take archives for too new because the clock has fallen behind since", () => {
  expect(newestGood({ archives: [yesterday, today], sighting: offset(-300) }, clock)).toBe(today);
});

test("takes one that is dated in the future only where the clock is known to be ahead", () => {
  const ahead = recordedArchive("2027-01-03T02:00:00Z", { arrivedAt: new Date("2026-11-24T04:00:00Z") });
  expect(newestGood({ archives: [yesterday, ahead], sighting: offset(40) }, clock)).toBe(ahead);
  expect(newestGood({ archives: [yesterday, ahead], sighting: hostSighting() }, clock)).toBe(yesterday);
});
