import { expect, test } from "vitest";
import { sizeLimits } from "../config/thresholds.ts";
import { contentsOf, recordedArchive } from "../test/health-facts.ts";
import { findSizeVariations } from "./sizes.ts";

const limits = sizeLimits(undefined, undefined) ?? expect.unreachable();
const tables = { page: 1_900_000_000, spaces: 90_000_000 };
const usual = contentsOf({ tables });
const gigabyte = 1_000_000_000;

const vary = (newest: object, { earlier = 20, contents = usual } = {}) => {
  const archives = Array.from({ length: earlier }, (_, day) =>
    recordedArchive(new Date(Date.UTC(2026, 10, day + 1, 2)).toISOString(), { contents, bytes: 4.1 * gigabyte }),
  );
  const last = recordedArchive("2026-11-24T02:00:00Z", { contents, bytes: 4.1 * gigabyte, ...newest });
  return findSizeVariations([...archives, last], limits).map(({ kind, message }) => `${kind}: ${message}`);
};

test("names the table that has shrunk, with the whole and the dump", () => {
  const shrunken = contentsOf({ tables: { ...tables, page: 12_000_000 }, dump: 112_000_000 });
  expect(vary({ bytes: 1.2 * gigabyte, contents: shrunken })).toEqual([
    "shrunk: 1.20 GB, usually 4.10 GB (of the 20 before it): database confluence 112 MB, usually 2.00 GB; table page of confluence 12.0 MB, usually 1.90 GB",
  ]);
});

test.each([
  [
    "an emptied table, below what is listed",
    { contents: contentsOf({ tables: { page: tables.page } }) },
    ["shrunk: table spaces of confluence less than 65.5 kB, usually 90.0 MB"],
  ],
  [
    "a tree that is gone, however small",
    { contents: { ...usual, trees: [] } },
    ["shrunk: tree home nothing, usually 500 MB"],
  ],
  [
    "a database that is gone, without each of its tables",
    { contents: { ...usual, databases: [] } },
    ["shrunk: database confluence nothing, usually 2.00 GB"],
  ],
  [
    "files that are gone, though not their bytes",
    { contents: contentsOf({ tables, files: 2_000 }) },
    ["shrunk: files of tree home 2000, usually 5000"],
  ],
  [
    "tables that are gone, though small ones",
    { contents: contentsOf({ tables, tableCount: 10 }) },
    ["shrunk: tables of database confluence 10, usually 100"],
  ],
  [
    "a tree that is twice as large",
    { contents: contentsOf({ tables, tree: 1_100_000_000 }) },
    ["grown: tree home 1.10 GB, usually 500 MB"],
  ],
  ["no table that alone has grown", { contents: contentsOf({ tables: { ...tables, spaces: 300_000_000 } }) }, []],
  ["nothing, where nothing has changed", {}, []],
  ["nothing about parts, where the manifest cannot be read", { contents: undefined }, []],
])("tells of %s", (_, newest, expected) => {
  expect(vary(newest)).toEqual(expected);
});

test("is silent before there are five earlier archives", () => {
  expect(vary({ bytes: 1 }, { earlier: 4 })).toEqual([]);
  expect(vary({ bytes: 1 }, { earlier: 5 })).toEqual(["shrunk: 1 B, usually 4.10 GB (of the 5 before it)"]);
});

test("says so where more has shrunk than it names", () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`t${index}`, (index + 2) * 10_000_000]));
  const [message] = vary({ contents: contentsOf() }, { contents: contentsOf({ tables: many }) });
  expect(message).toMatch(
    /^shrunk: table t8 of .*; table t5 of confluence less than 65.5 kB, usually 70.0 MB; and 5 more$/,
  );
});

test("an application's own settings go before those for all", () => {
  expect(sizeLimits({ compare: 10, floor: 5 }, { floor: 7, shrunk: 0.2 })).toEqual({
    compare: 10,
    floor: 7,
    shrunk: 0.2,
    grown: undefined,
  });
  expect(sizeLimits({ compare: 10 }, false)).toBeUndefined();
  expect(sizeLimits(false, undefined)).toBeUndefined();
  expect(sizeLimits(false, { compare: 10 })).toMatchObject({ compare: 10, floor: 1_000_000 });
});
