import type { DatabaseSync } from "node:sqlite";
import { type ArchiveRow, archiveColumns, fromColumns, toColumns } from "./row.ts";

/** What a receipt says of its whole application. */
export type ApplicationFact =
  | { kind: "accepted"; name: string }
  | { kind: "drilled"; at: string; result: "proven" | "disproven" };

/**
 * The catalog's rows while receipts or directories are worked in: read once, changed in memory, written by `flush`, all
 * within one transaction.
 */
export interface Store {
  /** The number of an application, new where it was not known. */
  applicationId(host: string, application: string): number;
  /** All archives of this name, to be changed in place by whoever calls `change`. */
  named(application: number, name: string): readonly ArchiveRow[];
  add(row: ArchiveRow): void;
  /** Notes that a row is about to be changed, and has to be written. */
  change(row: ArchiveRow): void;
  describe(row: ArchiveRow, contents: string): void;
  note(application: number, fact: ApplicationFact): void;
  /** Adds to what came and went on the day of a moment. */
  flow(moment: number, bytes: { arrived?: number; gone?: number }): void;
  /** What a directory's stamp stood for; without one, the directory is read again. */
  noteNames(application: number, names: { stamp: string | undefined; unsealed: readonly string[] }): void;
  forgetNames(application: number): void;
  /** Returns the names of which both hosts held an archive. */
  renameHost(from: string, to: string): { application: number; name: string }[];
  flush(): void;
}

const dayLength = 86_400_000;

export function createStore(database: DatabaseSync): Store {
  const statements = prepare(database);
  const applications = new Map<string, number>();
  const groups = new Map<string, ArchiveRow[]>();
  /** Under which key a row stands in the table; absent where it does not yet. */
  const heldBefore = new Map<ArchiveRow, boolean>();
  const changed = new Set<ArchiveRow>();
  const described = new Map<ArchiveRow, string>();
  const forgotten = new Set<number>();
  const flows = new Map<number, { arrived: number; gone: number }>();

  function load(application: number, name: string): ArchiveRow[] {
    const rows = statements.named.all(application, name) as unknown as Parameters<typeof fromColumns>[0][];
    const loaded = rows.map(fromColumns);
    for (const row of loaded) heldBefore.set(row, row.held);
    return loaded;
  }

  function group(application: number, name: string): ArchiveRow[] {
    const key = `${application}/${name}`;
    const known = groups.get(key) ?? load(application, name);
    groups.set(key, known);
    return known;
  }

  function flush(): void {
    for (const row of changed) {
      const before = heldBefore.get(row);
      if (before !== undefined && before !== row.held)
        statements.remove.run(row.application, before ? 1 : 0, row.name, row.bytes, row.sha1);
      statements.write.run(...toColumns(row));
    }
    for (const [{ application, name, bytes, sha1 }, text] of described)
      statements.describe.run(application, name, bytes, sha1, text);
    for (const [day, { arrived, gone }] of flows) statements.flow.run(day, arrived, gone);
    for (const cache of [changed, described, flows, heldBefore, groups, applications, forgotten]) cache.clear();
  }

  return {
    applicationId(host, application) {
      const key = `${host}/${application}`;
      const id = applications.get(key) ?? findApplication(statements, host, application);
      applications.set(key, id);
      return id;
    },
    named: group,
    add(row) {
      group(row.application, row.name).push(row);
      changed.add(row);
    },
    change: (row) => void changed.add(row),
    describe: (row, contents) => void described.set(row, contents),
    note(application, fact) {
      if (fact.kind === "accepted") statements.accept.run(fact.name, fact.name, application);
      else statements.drilled.run(fact.at, fact.result, fact.result === "proven" ? fact.at : null, application);
    },
    noteNames: (application, { stamp, unsealed }) =>
      void statements.names.run(stamp ?? null, unsealed.length === 0 ? null : JSON.stringify(unsealed), application),
    forgetNames(application) {
      if (forgotten.has(application)) return;
      statements.forget.run(application);
      forgotten.add(application);
    },
    flow(moment, { arrived = 0, gone = 0 }) {
      const day = Math.floor(moment / dayLength);
      const sum = flows.get(day) ?? { arrived: 0, gone: 0 };
      flows.set(day, { arrived: sum.arrived + arrived, gone: sum.gone + gone });
    },
    renameHost(from, to) {
      flush();
      return renameHost(database, from, to);
    },
    flush,
  };
}

function prepare(database: DatabaseSync) {
  const marks = archiveColumns.replaceAll(/\w+/g, "?");
  const named = database.prepare(
    `SELECT ${archiveColumns} FROM archive WHERE application = ? AND held IN (0, 1) AND name = ? ORDER BY last_offset, bytes, sha1`,
  );
  named.setReturnArrays(true);
  return {
    named,
    find: database.prepare("SELECT id FROM application WHERE host = ? AND name = ?"),
    create: database.prepare("INSERT INTO application (host, name) VALUES (?, ?)"),
    remove: database.prepare(
      "DELETE FROM archive WHERE application = ? AND held = ? AND name = ? AND bytes = ? AND sha1 = ?",
    ),
    write: database.prepare(`INSERT OR REPLACE INTO archive (${archiveColumns}) VALUES (${marks})`),
    describe: database.prepare(
      "INSERT OR REPLACE INTO contents (application, name, bytes, sha1, text) VALUES (?, ?, ?, ?, ?)",
    ),
    accept: database.prepare("UPDATE application SET accepted = max(coalesce(accepted, ?), ?) WHERE id = ?"),
    drilled: database.prepare(
      "UPDATE application SET last_drill = ?, last_drill_result = ?, last_proof = coalesce(?, last_proof) WHERE id = ?",
    ),
    names: database.prepare("UPDATE application SET stamp = ?, unsealed = ? WHERE id = ?"),
    forget: database.prepare("UPDATE application SET stamp = NULL WHERE id = ? AND stamp IS NOT NULL"),
    flow: database.prepare(
      "INSERT INTO flow (day, arrived, gone) VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET arrived = arrived + excluded.arrived, gone = gone + excluded.gone",
    ),
  };
}

function findApplication({ find, create }: ReturnType<typeof prepare>, host: string, application: string): number {
  const found = find.get(host, application) as { id: number } | undefined;
  return found?.id ?? Number(create.run(host, application).lastInsertRowid);
}

/** Where both hosts have an application of the same name, its archives come together. */
function renameHost(database: DatabaseSync, from: string, to: string): { application: number; name: string }[] {
  if (from === to) return [];
  database
    .prepare(
      "UPDATE application SET host = ?, stamp = NULL WHERE host = ? AND name NOT IN (SELECT name FROM application WHERE host = ?)",
    )
    .run(to, from, to);
  const shared = database.prepare(
    "SELECT source.id AS source, target.id AS target FROM application source JOIN application target ON target.name = source.name WHERE source.host = ? AND target.host = ?",
  );
  for (const { source, target } of shared.all(from, to) as { source: number; target: number }[]) {
    const join = (sql: string) => database.prepare(sql).run({ target, source });
    // Of one that was only found in a directory, such as in the middle of a move, the other record knows more.
    for (const [own, other] of [
      [":source", ":target"],
      [":target", ":source"],
    ])
      join(`DELETE FROM archive AS own WHERE own.application = ${own} AND own.last_event IS NULL AND EXISTS (
        SELECT 1 FROM archive WHERE application = ${other} AND name = own.name AND bytes = own.bytes AND sha1 = own.sha1)`);
    // An archive that both have recorded counts once: it is there, if one of them says so.
    join(`DELETE FROM archive AS own WHERE own.application = :target AND own.held = 0 AND EXISTS (
      SELECT 1 FROM archive WHERE application = :source AND name = own.name AND bytes = own.bytes AND sha1 = own.sha1)`);
    join(`DELETE FROM archive AS own WHERE own.application = :source AND EXISTS (
      SELECT 1 FROM archive WHERE application = :target AND name = own.name AND bytes = own.bytes AND sha1 = own.sha1)`);
    join("UPDATE archive SET application = :target WHERE application = :source");
    database.prepare("UPDATE application SET stamp = NULL WHERE id = ?").run(target);
    join("UPDATE OR REPLACE contents SET application = :target WHERE application = :source");
    join(`UPDATE application SET
      accepted = nullif(max(coalesce(accepted, ''), coalesce((SELECT accepted FROM application WHERE id = :source), '')), ''),
      last_proof = nullif(max(coalesce(last_proof, ''), coalesce((SELECT last_proof FROM application WHERE id = :source), '')), '')
      WHERE id = :target`);
    join(`UPDATE application SET (last_drill, last_drill_result) =
      (SELECT last_drill, last_drill_result FROM application WHERE id = :source)
      WHERE id = :target AND coalesce(last_drill, '') < coalesce((SELECT last_drill FROM application WHERE id = :source), '')`);
    database.prepare("DELETE FROM application WHERE id = ?").run(source);
  }
  return database
    .prepare(
      `SELECT t.application, t.name FROM archive t JOIN application p ON p.id = t.application
       WHERE p.host = ? AND t.held = 1 GROUP BY t.application, t.name HAVING count(*) > 1`,
    )
    .all(to) as { application: number; name: string }[];
}
