import { expect, test } from "vitest";
import { createLocalTime } from "./time-zone.ts";

const local = (timeZone: string, time: string) => new Date(createLocalTime(timeZone)(new Date(time))).toISOString();

test.each([
  ["UTC", "2026-11-23T02:00:00.123Z", "2026-11-23T02:00:00.123Z"],
  ["Europe/Berlin", "2026-01-01T00:30:00.000Z", "2026-01-01T01:30:00.000Z"],
  ["Europe/Berlin", "2026-07-01T22:30:00.000Z", "2026-07-02T00:30:00.000Z"],
  ["America/New_York", "2026-01-01T04:59:59.999Z", "2025-12-31T23:59:59.999Z"],
  ["Asia/Kathmandu", "2026-01-01T00:00:00.000Z", "2026-01-01T05:45:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01T00:00:00.000Z", "2026-01-01T14:00:00.000Z"],
])("tells the time of %s at %s", (timeZone, time, expected) => {
  expect(local(timeZone, time)).toBe(expected);
});

test("follows the clock through both changes of summer time, to the second", () => {
  expect(local("Europe/Berlin", "2026-03-29T00:59:59.000Z")).toBe("2026-03-29T01:59:59.000Z");
  expect(local("Europe/Berlin", "2026-03-29T01:00:00.000Z")).toBe("2026-03-29T03:00:00.000Z");
  expect(local("Europe/Berlin", "2026-10-25T00:59:59.000Z")).toBe("2026-10-25T02:59:59.000Z");
  expect(local("Europe/Berlin", "2026-10-25T01:00:00.000Z")).toBe("2026-10-25T02:00:00.000Z");
  // Half an hour, and not at the full hour of UTC.
  expect(local("Australia/Lord_Howe", "2026-04-04T14:59:59.000Z")).toBe("2026-04-05T01:59:59.000Z");
  expect(local("Australia/Lord_Howe", "2026-04-04T15:00:00.000Z")).toBe("2026-04-05T01:30:00.000Z");
  expect(local("America/St_Johns", "2010-03-14T03:30:59.000Z")).toBe("2010-03-14T00:00:59.000Z");
  expect(local("America/St_Johns", "2010-03-14T03:31:00.000Z")).toBe("2010-03-14T01:01:00.000Z");
});

test("agrees with Intl all through a year", () => {
  const timeZone = "Europe/Lisbon";
  const localTime = createLocalTime(timeZone);
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2027, 0, 1); time += 1_234_567) {
    const text = new Date(localTime(new Date(time))).toISOString();
    expect(`${text.slice(0, 10)} ${text.slice(11, 19)}`).toBe(format.format(time));
  }
});

test("refuses a zone that does not exist", () => {
  expect(() => createLocalTime("Europe/Nowhere")).toThrow(RangeError);
});
