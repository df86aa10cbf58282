import { expect, test } from "vitest";
import { vaultSizes } from "./vault-sizes.ts";

const now = new Date("2026-11-24T06:00:00Z");

test("counts back from what the vault holds now", () => {
  const flows = [
    { day: "2026-11-22", arrived: 100, left: 0 },
    { day: "2026-11-24", arrived: 50, left: 30 },
  ];
  expect(vaultSizes({ heldBytes: 120, flows, now }).map(({ time, bytes }) => [time.toISOString(), bytes])).toEqual([
    ["2026-11-22T00:00:00.000Z", 0],
    ["2026-11-23T00:00:00.000Z", 100],
    ["2026-11-24T00:00:00.000Z", 100],
    ["2026-11-24T06:00:00.000Z", 120],
  ]);
});

test("is never less than nothing, goes back half a year at most, and is empty where nothing has come yet", () => {
  const flows = [
    { day: "2020-01-01", arrived: 5, left: 0 },
    { day: "2026-11-20", arrived: 500, left: 0 },
  ];
  const sizes = vaultSizes({ heldBytes: 120, flows, now });
  expect(sizes).toHaveLength(181);
  expect(sizes[0]?.bytes).toBe(0);
  expect(vaultSizes({ heldBytes: 0, flows: [], now })).toEqual([]);
});
