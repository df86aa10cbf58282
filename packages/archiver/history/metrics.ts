import type { RecordedArchive } from "../catalog/catalog.ts";
import type { ApplicationHistory } from "./backups.ts";
import { backupSeconds } from "./entries.ts";
import { createExposition, type Exposition } from "./exposition.ts";

/** What an application's metrics are made from. */
export interface ApplicationFacts extends ApplicationHistory {
  lastProof: Date | undefined;
  /** Whether the configuration expects backups of it. */
  expected: boolean;
}

const descriptions = {
  backup_expected: "Whether the archiver's configuration expects backups of this application (1) or not (0).",
  backup_archives: "Archives of this application that are in the vault.",
  backup_archive_timestamp_seconds: "When the newest backup in the vault began, as Unix time; 0 where there is none.",
  backup_archive_bytes: "Size of the newest archive in the vault.",
  backup_duration_seconds: "How long the newest backup in the vault took on its host.",
  backup_verified_timestamp_seconds:
    "When the newest archive in the vault was last found whole, as Unix time; 0 where it never was.",
  backup_proven_timestamp_seconds:
    "When a drill last restored this application without a finding, as Unix time; 0 where none has.",
  backup_recovery_seconds: "How long the restore by the last drill without a finding took.",
  backup_dump_bytes: "Size of each database's dump in the newest archive, uncompressed.",
  backup_tree_bytes: "Size of each tree of files in the newest archive, uncompressed.",
  backup_tree_files: "Files of each tree in the newest archive.",
  backup_vault_free_bytes: "Bytes that can still be written to the vault.",
} as const;

export interface MetricFacts {
  applications: Iterable<ApplicationFacts>;
  /** Undefined leaves it out. */
  freeBytes: number | undefined;
  now: Date;
}

/** The metrics as node_exporter's textfile collector reads them: gauges without a time, nothing of archives that are dated after `now`. Pure. */
export function formatMetrics({ applications, freeBytes, now }: MetricFacts): string {
  const exposition = createExposition(descriptions);
  for (const application of applications) addApplication(exposition, application, now);
  if (freeBytes !== undefined) exposition.add("backup_vault_free_bytes", freeBytes);
  return exposition.format();
}

function addApplication(exposition: Exposition, facts: ApplicationFacts, now: Date): void {
  const { host, application, history, lastProof, expected } = facts;
  const add = (name: keyof typeof descriptions, value: number | undefined, more: Record<string, string> = {}) => {
    if (value !== undefined) exposition.add(name, value, { host, application, ...more });
  };
  const held = history.filter(({ goneAt }) => goneAt === undefined);
  const newest = held.findLast(({ time }) => time <= now);
  add("backup_expected", expected ? 1 : 0);
  add("backup_archives", held.length);
  add("backup_archive_timestamp_seconds", unixTime(newest?.time));
  add("backup_archive_bytes", newest?.bytes);
  add("backup_duration_seconds", backupSeconds(newest?.contents));
  add("backup_verified_timestamp_seconds", unixTime(toDate(newest?.verifiedAt)));
  add("backup_proven_timestamp_seconds", unixTime(lastProof));
  add("backup_recovery_seconds", findRecoverySeconds(history));
  for (const { name, bytes } of newest?.contents?.databases ?? []) add("backup_dump_bytes", bytes, { database: name });
  for (const { label, bytes, files } of newest?.contents?.trees ?? []) {
    add("backup_tree_bytes", bytes, { tree: label });
    add("backup_tree_files", files, { tree: label });
  }
}

function findRecoverySeconds(history: readonly RecordedArchive[]): number | undefined {
  let last: RecordedArchive | undefined;
  for (const archive of history) {
    if (archive.provenAt !== undefined && archive.provenAt >= (last?.provenAt ?? "")) last = archive;
  }
  return last?.recoverySeconds;
}

function toDate(moment: string | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment);
}

function unixTime(time: Date | undefined): number {
  return time === undefined ? 0 : time.getTime() / 1000;
}
