import type { DatabaseSync } from "node:sqlite";
import type { ArchiveContents } from "../vault/contents.ts";
import type { Catalog, CatalogScope, KnownArchive, RecordedArchive } from "./catalog.ts";
import { type ArchiveRow, archiveColumns, fromColumns } from "./row.ts";
import { applicationsIn, type KnownApplication, narrow } from "./scope.ts";

export type Queries = Omit<Catalog, "close" | "unreadable">;

/** The catalog's answers, for the scope with which its directories were looked at. */
export function createQueries(database: DatabaseSync, opened: CatalogScope): Queries {
  return {
    applications: (scope = {}) =>
      applicationsIn(database, scope).map(({ host, application }) => ({ host, application })),
    held: (scope) => readHeld(database, narrow(opened, scope)),
    history: (scope, newest) => readHistory(database, narrow(opened, scope), newest),
    unsealed: (scope) =>
      applicationsIn(database, narrow(opened, scope)).flatMap(({ host, application, unsealed }) =>
        unsealed.map((name) => ({ host, application, name })),
      ),
    undescribed: (scope) => readHeld(database, narrow(opened, scope), withoutContents),
    totals: () =>
      database
        .prepare(
          `SELECT (SELECT count(*) FROM application) AS applications,
             (SELECT count(*) FROM archive WHERE held = 1) AS held, (SELECT count(*) FROM archive WHERE held = 0) AS gone`,
        )
        .get() as { applications: number; held: number; gone: number },
    accepted: ({ host, application }) => factOf(database, { host, application, column: "accepted" }),
    lastProof(id) {
      const at = factOf(database, { ...id, column: "last_proof" });
      return at === undefined ? undefined : new Date(at);
    },
    lastDrill(id) {
      const at = factOf(database, { ...id, column: "last_drill" });
      const result = factOf(database, { ...id, column: "last_drill_result" });
      if (at === undefined || result === undefined) return undefined;
      return { at: new Date(at), isProof: result === "proven" };
    },
    flows: () => {
      const rows = database.prepare("SELECT day, arrived, gone FROM flow ORDER BY day").all();
      return (rows as { day: number; arrived: number; gone: number }[]).map(({ day, arrived, gone }) => ({
        day: new Date(day * 86_400_000).toISOString().slice(0, 10),
        arrived,
        left: gone,
      }));
    },
    arrivedAs({ host, application, name }) {
      const row = database
        .prepare(
          `SELECT sha1 FROM archive ${ofName} AND arrived_at IS NOT NULL ORDER BY arrived_at DESC, last_offset DESC LIMIT 1`,
        )
        .get(host, application, name) as { sha1: string } | undefined;
      return row?.sha1;
    },
    prunedAs({ host, application, name }) {
      const row = database
        .prepare(
          `SELECT bytes, sha1, last_event AS event FROM archive ${ofName} AND last_event IS NOT NULL ORDER BY last_offset DESC LIMIT 1`,
        )
        .get(host, application, name) as { bytes: number; sha1: string; event: string } | undefined;
      return row?.event === "pruned" ? { bytes: row.bytes, sha1: row.sha1 } : undefined;
    },
  };
}

const ofName =
  "WHERE application = (SELECT id FROM application WHERE host = ? AND name = ?) AND held IN (0, 1) AND name = ?";

// Lean: there may be hundreds of thousands.
const heldColumns = "name, bytes, sha1, time, version, verified_at, proven_at, recovery_seconds, findings";
type Text = string | null;
type HeldColumns = [string, number, string, number, Text, Text, Text, number | null, Text];

const withoutContents = `AND NOT EXISTS (SELECT 1 FROM contents c
  WHERE c.application = archive.application AND c.name = archive.name AND c.bytes = archive.bytes AND c.sha1 = archive.sha1)`;

function readHeld(database: DatabaseSync, scope: CatalogScope, condition = ""): KnownArchive[] {
  const statement = database.prepare(
    `SELECT ${heldColumns} FROM archive WHERE application = ? AND held = 1 ${condition} ORDER BY name DESC`,
  );
  statement.setReturnArrays(true);
  const archives: KnownArchive[] = [];
  for (const { id, host, application } of applicationsIn(database, scope)) {
    for (const row of statement.all(id) as unknown as HeldColumns[]) {
      const [name, bytes, sha1, time, version, verifiedAt, provenAt, recoverySeconds, findings] = row;
      archives.push({
        host,
        application,
        name,
        bytes,
        sha1: sha1 === "" ? undefined : sha1,
        time: new Date(time),
        version: version ?? undefined,
        verifiedAt: verifiedAt ?? undefined,
        provenAt: provenAt ?? undefined,
        recoverySeconds: recoverySeconds ?? undefined,
        findings: findings === null ? undefined : (JSON.parse(findings) as string[]),
      });
    }
  }
  return archives;
}

// What lay there under an archive's name, was never known to be one, and is gone, such as a copy that was damaged.
const wasBackup = "(a.held = 1 OR a.arrived_at IS NOT NULL OR a.verified_at IS NOT NULL OR c.text IS NOT NULL)";

function readHistory(database: DatabaseSync, scope: CatalogScope, newest: number | undefined): RecordedArchive[] {
  const columns = archiveColumns.replaceAll(/\w+/g, "a.$&");
  const statement = database.prepare(
    `SELECT ${columns}, c.text FROM archive a
     LEFT JOIN contents c ON c.application = a.application AND c.name = a.name AND c.bytes = a.bytes AND c.sha1 = a.sha1
     WHERE a.application = ? AND a.held IN (0, 1) AND ${wasBackup} ORDER BY a.name DESC, a.last_offset DESC LIMIT ?`,
  );
  statement.setReturnArrays(true);
  return applicationsIn(database, scope).flatMap((application) => {
    const rows = statement.all(application.id, newest ?? -1) as unknown as Parameters<typeof fromColumns>[0][];
    return rows.reverse().map((row) => recordedArchive(fromColumns(row), application, row.at(-1)));
  });
}

function knownArchive(row: ArchiveRow, { host, application }: KnownApplication): KnownArchive {
  const { name, bytes, sha1, time, version, verifiedAt, provenAt, recoverySeconds, findings } = row;
  return {
    host,
    application,
    name,
    bytes,
    sha1: sha1 === "" ? undefined : sha1,
    time: new Date(time),
    version,
    verifiedAt,
    provenAt,
    recoverySeconds,
    findings,
  };
}

function recordedArchive(row: ArchiveRow, application: KnownApplication, contents: unknown): RecordedArchive {
  const { arrivedAt, goneAt } = row;
  return {
    ...knownArchive(row, application),
    arrivedAt: arrivedAt === undefined ? undefined : new Date(arrivedAt),
    goneAt: goneAt === undefined ? undefined : new Date(goneAt),
    contents: typeof contents === "string" ? (JSON.parse(contents) as ArchiveContents) : undefined,
  };
}

function factOf(
  database: DatabaseSync,
  {
    host,
    application,
    column,
  }: { host: string; application: string; column: "accepted" | "last_proof" | "last_drill" | "last_drill_result" },
): string | undefined {
  const row = database
    .prepare(`SELECT ${column} AS value FROM application WHERE host = ? AND name = ?`)
    .get(host, application) as { value: string | null } | undefined;
  return row?.value ?? undefined;
}
