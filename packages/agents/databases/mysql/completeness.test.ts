import { describe, expect, test } from "vitest";
import type { DatabaseInventory } from "../engine.ts";
import { compareWithInventory, describeTables } from "./completeness.ts";
import { createSqlScanner, type DumpContents } from "./sql-scanner.ts";

function inventory(rest: Partial<DatabaseInventory> = {}): DatabaseInventory {
  return { serverVersion: "10.11.19-MariaDB", tables: [], triggers: [], routines: [], events: [], ...rest };
}

function contentsOf(sql: string): DumpContents {
  const scanner = createSqlScanner();
  scanner.push(Buffer.from(sql));
  return scanner.end();
}

function tables(...names: string[]): DatabaseInventory["tables"] {
  return names.map((name) => ({ name, kind: "table", storage: "InnoDB", rows: 5, rowsAre: "estimated" }));
}

const twoTables = contentsOf("CREATE TABLE `a` (x int);\nCREATE TABLE `b` (x int);\n");

describe("compareWithInventory", () => {
  const compare = (before: DatabaseInventory, after = before, caseSensitive = true) =>
    compareWithInventory({ database: "wiki", contents: twoTables, before, after, caseSensitive });

  test("is content when the dump holds what the database has", () => {
    expect(compare(inventory({ tables: tables("a", "b") }))).toEqual([]);
  });

  test.each([
    ["table c", inventory({ tables: tables("a", "b", "c") })],
    ["view a", inventory({ tables: [{ name: "a", kind: "view" }] })],
    ["trigger t", inventory({ triggers: ["t"] })],
    ["procedure p", inventory({ routines: ["procedure p"] })],
    ["event e", inventory({ events: ["e"] })],
    ["table A", inventory({ tables: tables("A") })],
  ])("refuses a dump that lacks %s", (name, before) => {
    expect(() => compare(before)).toThrow(`the dump of database wiki lacks ${name}`);
  });

  test("ignores case where the server does", () => {
    expect(compare(inventory({ tables: tables("A") }), undefined, false)).toEqual([]);
  });

  test("warns of what was dropped or created meanwhile", () => {
    const before = inventory({ tables: tables("a", "b", "dropped") });
    const after = inventory({ tables: tables("a", "b", "created") });
    expect(compare(before, after)).toEqual([
      "dropped from database wiki while it was dumped: table dropped",
      "created in database wiki while it was dumped, and not in the dump: table created",
    ]);
  });

  test("says nothing of what was created in time for the dump", () => {
    expect(compare(inventory({ tables: tables("a") }), inventory({ tables: tables("a", "b") }))).toEqual([]);
  });

  test("names ten at most", () => {
    const before = inventory({ triggers: Array.from({ length: 25 }, (_, index) => `t${index}`) });
    expect(() => compare(before)).toThrow(/trigger t9 and 15 more$/);
  });
});

test("gives rows that were counted in the dump, and the server's estimate where they were not", () => {
  const counted = contentsOf(
    "CREATE TABLE `a` (x int);\nINSERT INTO `a` VALUES\n(1),\n(2);\nCREATE TABLE `b` (x int);\nINSERT INTO `b` VALUES (1),(2);\n",
  );
  expect(describeTables(inventory({ tables: [...tables("a", "b"), { name: "v", kind: "view" }] }), counted)).toEqual([
    { name: "a", kind: "table", storage: "InnoDB", rows: 2, rowsAre: "exact", bytes: 58 },
    { name: "b", kind: "table", storage: "InnoDB", rows: 5, rowsAre: "estimated", bytes: 57 },
    { name: "v", kind: "view" },
  ]);
});
