import { expect, test } from "vitest";
import { decodePaxRecords, encodePaxRecords, formatPaxTime, parsePaxTime } from "./pax.ts";

test.each([
  [0n, "0"],
  [1_700_000_000_000_000_000n, "1700000000"],
  [1_700_000_000_000_000_001n, "1700000000.000000001"],
  [1_700_000_000_500_000_000n, "1700000000.5"],
  [-1_500_000_000n, "-1.5"],
  [-1n, "-0.000000001"],
  [8_589_934_592_250_000_000n, "8589934592.25"],
])("writes the time %i as %s and reads it back", (nanoseconds, text) => {
  expect(formatPaxTime(nanoseconds)).toBe(text);
  expect(parsePaxTime(text)).toBe(nanoseconds);
});

test("cuts digits beyond the nanosecond", () => {
  expect(parsePaxTime("1.0000000019")).toBe(1_000_000_001n);
  expect(parsePaxTime("12.")).toBe(12_000_000_000n);
});

test.each(["", "-", "1e9", "0x10", " 1", "1.5.5", "1".repeat(19), "now"])("refuses %j as a time", (text) => {
  expect(parsePaxTime(text)).toBeUndefined();
});

test.each([1, 5, 6, 7, 88, 89, 90, 91, 985, 986, 987, 9_000])(
  "counts the digits of a record's own length (value of %i bytes)",
  (size) => {
    const value = "v".repeat(size);
    const encoded = encodePaxRecords(new Map([["path", value]]));
    expect(encoded).toMatch(new RegExp(`^${encoded.length} path=v+\n$`));
    expect(decodePaxRecords(encoded)?.get("path")).toBe(value);
  },
);

test("keeps values byte for byte, with line feeds and equals signs", () => {
  const records = new Map([
    ["path", "a=b\nc\u00ff"],
    ["linkpath", "12 path=x\n"],
  ]);
  expect(decodePaxRecords(encodePaxRecords(records))).toEqual(records);
});

test.each([
  "x",
  "5 a=b\n",
  "99 path=x\n",
  "8 path=x\n",
  "0 \n",
  "-1 a=b\n",
  "8 patha\n",
  "9999999999999 a=b\n",
  "06 a=b\n",
])("refuses %j as records", (text) => {
  expect(decodePaxRecords(text)).toBeUndefined();
});
