import type { ManifestDatabase, ManifestTable } from "@catapullt/core/archive/manifest";
import { expect, test } from "vitest";
import type { DatabaseInventory } from "../databases/engine.ts";
import { compareStock } from "./findings.ts";

const tables: ManifestTable[] = [
  { name: "page", kind: "table", rows: 12, rowsAre: "exact" },
  { name: "label", kind: "table", rows: 1000, rowsAre: "estimated" },
  { name: "titles", kind: "view" },
];

function recorded(rest: Partial<ManifestDatabase> = {}): ManifestDatabase {
  return {
    name: "wiki",
    engine: "mariadb",
    member: "database/wiki.sql",
    parts: 1,
    bytes: 1,
    sha1: "a".repeat(40),
    serverVersion: "10.11.19-MariaDB",
    dumpTool: "mariadb-dump",
    tables,
    triggers: ["guard"],
    routines: ["procedure rebuild"],
    events: ["nightly"],
    ...rest,
  };
}

function found(rest: Partial<DatabaseInventory> = {}): DatabaseInventory {
  const counted = tables.map((table) => (table.kind === "table" ? { ...table, rowsAre: "exact" as const } : table));
  return {
    serverVersion: "10.11.19-MariaDB",
    tables: counted,
    triggers: ["guard"],
    routines: ["procedure rebuild"],
    events: ["nightly"],
    ...rest,
  };
}

const page = { name: "page", kind: "table" as const };

test.each<{ title: string; recorded?: Partial<ManifestDatabase>; found?: Partial<DatabaseInventory>; says: string[] }>([
  { title: "equal ones", says: [] },
  {
    title: "estimates, which prove nothing",
    found: { tables: found().tables.map((table) => (table.name === "label" ? { ...table, rows: 7 } : table)) },
    says: [],
  },
  {
    title: "a missing view",
    found: { tables: found().tables.slice(0, 2) },
    says: ["lacks 1 tables, views and sequences of the manifest: view titles"],
  },
  {
    title: "a view that is a table now",
    found: { tables: [...found().tables.slice(0, 2), { name: "titles", kind: "table" }] },
    says: [
      "lacks 1 tables, views and sequences of the manifest: view titles",
      "has 1 tables, views and sequences that the manifest does not name: table titles",
    ],
  },
  {
    title: "rows too few and too many",
    recorded: {
      tables: [
        { ...page, rows: 12, rowsAre: "exact" },
        { name: "x", kind: "table", rows: 0, rowsAre: "exact" },
      ],
    },
    found: {
      tables: [
        { ...page, rows: 11, rowsAre: "exact" },
        { name: "x", kind: "table", rows: 1, rowsAre: "exact" },
      ],
    },
    says: ["2 tables are not as recorded: page has 11 rows, not 12, x has 1 rows, not 0"],
  },
  { title: "a missing trigger", found: { triggers: [] }, says: ["lacks 1 triggers of the manifest: guard"] },
  {
    title: "a missing routine",
    found: { routines: [] },
    says: ["lacks 1 routines of the manifest: procedure rebuild"],
  },
  { title: "a missing event", found: { events: [] }, says: ["lacks 1 events of the manifest: nightly"] },
  {
    title: "names that the old server folded",
    found: { tables: found().tables.map((table) => ({ ...table, name: table.name.toUpperCase() })) },
    says: [],
  },
  {
    title: "names that differ in their case only, where both are written with capitals",
    recorded: { tables: [{ ...page, name: "Page" }] },
    found: { tables: [{ ...page, name: "PAGE" }] },
    says: [
      "lacks 1 tables, views and sequences of the manifest: table Page",
      "has 1 tables, views and sequences that the manifest does not name: table PAGE",
    ],
  },
  {
    title: "large objects",
    recorded: { largeObjects: 3 },
    found: { largeObjects: 2 },
    says: ["has 2 large objects, not 3"],
  },
  {
    title: "a manifest that does not know of types",
    recorded: { engine: "postgresql", extensions: ["pg_trgm 1.6"] },
    found: { extensions: ["pg_trgm 1.6"] },
    says: [],
  },
])("compares $title", ({ recorded: before = {}, found: now = {}, says }) => {
  expect(compareStock(recorded(before), found(now))).toEqual(says);
});

test("takes another version of an extension for the same, and no extension for a missing one", () => {
  const before = recorded({ engine: "postgresql", extensions: ["pg_trgm 1.5", "citext 1.6"] });
  expect(compareStock(before, found({ extensions: ["pg_trgm 1.6"] }))).toEqual([
    "lacks 1 extensions of the manifest: citext",
  ]);
});
