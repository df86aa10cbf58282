import type { SQLOutputValue } from "node:sqlite";
import type { ArchiveKnowledge } from "../vault/knowledge.ts";

/** An archive in the catalog. Empty `sha1`: the sidecar cannot be read. Times are in milliseconds. */
export interface ArchiveRow extends ArchiveKnowledge {
  application: number;
  held: boolean;
  name: string;
  bytes: number;
  sha1: string;
  /** When the backup began. */
  time: number;
  arrivedAt: number | undefined;
  /** When its removal was recorded. */
  removedAt: number | undefined;
  goneAt: number | undefined;
  /** Of the journal: the last one about this archive, and where it stands. */
  lastEvent: string | undefined;
  lastOffset: number;
}

/** In the order of `toColumns` and `fromColumns`. */
export const archiveColumns =
  "application, held, name, bytes, sha1, time, version, verified_at, proven_at, recovery_seconds, findings, arrived_at, removed_at, gone_at, last_event, last_offset";

export function toColumns(row: ArchiveRow): (string | number | null)[] {
  return [
    row.application,
    row.held ? 1 : 0,
    row.name,
    row.bytes,
    row.sha1,
    row.time,
    row.version ?? null,
    row.verifiedAt ?? null,
    row.provenAt ?? null,
    row.recoverySeconds ?? null,
    row.findings === undefined ? null : JSON.stringify(row.findings),
    row.arrivedAt ?? null,
    row.removedAt ?? null,
    row.goneAt ?? null,
    row.lastEvent ?? null,
    row.lastOffset,
  ];
}

type Texts = (string | null)[];
type Figures = (number | null)[];

export function fromColumns(columns: readonly SQLOutputValue[]): ArchiveRow {
  const [application, held, name, bytes, sha1, time] = columns as [number, number, string, number, string, number];
  const [version, verifiedAt, provenAt] = columns.slice(6, 9) as Texts;
  const [arrivedAt, removedAt, goneAt] = columns.slice(11, 14) as Figures;
  const findings = columns[10] as string | null;
  return {
    application,
    held: held === 1,
    name,
    bytes,
    sha1,
    time,
    version: version ?? undefined,
    verifiedAt: verifiedAt ?? undefined,
    provenAt: provenAt ?? undefined,
    recoverySeconds: (columns[9] as number | null) ?? undefined,
    findings: findings === null ? undefined : (JSON.parse(findings) as string[]),
    arrivedAt: arrivedAt ?? undefined,
    removedAt: removedAt ?? undefined,
    goneAt: goneAt ?? undefined,
    lastEvent: (columns[14] as string | null) ?? undefined,
    lastOffset: columns[15] as number,
  };
}
