import type { ArchiveContents } from "../vault/contents.ts";

/** One figure of what is in an application's archives, from archive to archive. */
export interface Series {
  kind: "database" | "table" | "tree";
  unit: "bytes" | "files" | "tables";
  /** Of the table or tree, or the database. */
  name: string;
  /** Where `name` is a table's. */
  database: string;
  /** In the archives before the newest, oldest first. */
  earlier: number[];
  newest: number;
  /** The whole database or tree was in all of them and is not in the newest. */
  isGone: boolean;
}

/** The figures that are compared between archives. A database or tree that is gone has one figure only, its own. Pure. */
export function seriesOf(newest: ArchiveContents, earlier: readonly ArchiveContents[]): Series[] {
  return [...databaseSeries(newest, earlier), ...treeSeries(newest, earlier)];
}

type Database = ArchiveContents["databases"][number];

function databaseSeries(newest: ArchiveContents, earlier: readonly ArchiveContents[]): Series[] {
  const all = [...earlier, newest].map(({ databases }) => new Map(databases.map((one) => [one.name, one])));
  return namesIn(all).flatMap((name) => {
    const found = all.map((databases) => databases.get(name));
    const whole = { kind: "database" as const, name, database: name };
    const own = seriesFrom(found, ({ bytes }) => bytes, { ...whole, unit: "bytes" });
    if (found.at(-1) === undefined) return [own];
    return [
      own,
      seriesFrom(found, ({ tableCount }) => tableCount, { ...whole, unit: "tables" }),
      ...tableSeries(name, found),
    ];
  });
}

// What is not listed has fewer bytes than anybody asks for.
function tableSeries(database: string, found: readonly (Database | undefined)[]): Series[] {
  const names = new Set(found.flatMap((one) => Object.keys(one?.tables ?? {})));
  return [...names].map((name) =>
    seriesFrom(found, ({ tables }) => (Object.hasOwn(tables, name) ? (tables[name] ?? 0) : 0), {
      kind: "table",
      unit: "bytes",
      name,
      database,
    }),
  );
}

function treeSeries(newest: ArchiveContents, earlier: readonly ArchiveContents[]): Series[] {
  const all = [...earlier, newest].map(({ trees }) => new Map(trees.map((tree) => [tree.label, tree])));
  return namesIn(all).flatMap((name) => {
    const found = all.map((trees) => trees.get(name));
    const whole = { kind: "tree" as const, name, database: "" };
    const own = seriesFrom(found, ({ bytes }) => bytes, { ...whole, unit: "bytes" });
    if (found.at(-1) === undefined) return [own];
    return [own, seriesFrom(found, ({ files }) => files, { ...whole, unit: "files" })];
  });
}

function namesIn(all: readonly ReadonlyMap<string, unknown>[]): string[] {
  return [...new Set(all.flatMap((one) => [...one.keys()]))];
}

function seriesFrom<Part>(
  found: readonly (Part | undefined)[],
  figure: (part: Part) => number,
  what: Pick<Series, "kind" | "unit" | "name" | "database">,
): Series {
  const figures = found.map((part) => (part === undefined ? 0 : figure(part)));
  const newest = figures.pop() ?? 0;
  const isGone = found.at(-1) === undefined && found.slice(0, -1).every((part) => part !== undefined);
  return { ...what, earlier: figures, newest, isGone };
}
