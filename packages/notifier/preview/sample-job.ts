import type { RunReport } from "@catapullt/core/report/schema";
import type { Outcome } from "../outcome.ts";
import { addRun, createRecord, type JobRecord, type RecordedRun } from "../state/job-record.ts";

/** An invented job: its last two weeks, and the run of last night. */
export const job = "confluence";
export const host = "wiki01";

const day = 86_400_000;
const startedAt = new Date("2026-11-23T02:00:00Z");
const duration = 185_000;
const archiveName = "confluence_20261123T020000Z.tar.zst";

/** Gigabytes of two weeks of nights; undefined for one that failed. */
export const nights = [1.121, 1.124, 1.126, 1.126, 1.142, 1.149, undefined, 1.158, 1.171, 1.178, 1.183, 1.194, 1.208];

/** What is known of a job whose nights went like these, the last of them the night before. */
export function recordOfNights(name: string, sizes: readonly (number | undefined)[]): JobRecord {
  const runs = sizes.map((size, index) => pastRun(size, sizes.length - index));
  return runs.reduce(addRun, createRecord(name));
}

function pastRun(gigabytes: number | undefined, daysAgo: number): RecordedRun {
  const begin = new Date(startedAt.getTime() - daysAgo * day);
  const isGood = gigabytes !== undefined;
  return {
    state: isGood ? "success" : "failure",
    startedAt: begin,
    endedAt: new Date(begin.getTime() + (isGood ? 182_000 - daysAgo * 1_500 : 12_000)),
    exitCode: isGood ? 0 : 1,
    bytes: isGood ? Math.round(gigabytes * 1e9) : undefined,
  };
}

export const report: RunReport = {
  schemaVersion: 1,
  program: "backup-agent",
  command: "backup",
  host,
  application: job,
  type: "confluence",
  outcome: "success",
  startedAt: startedAt.toISOString(),
  endedAt: new Date(startedAt.getTime() + duration).toISOString(),
  version: "8.5.4",
  archives: [
    {
      host,
      application: job,
      name: archiveName,
      path: `/var/backups/backup-tools/${job}/${archiveName}`,
      bytes: 1_234_000_000,
      sha1: "3f786850e387550fdab836ed7e6dc881de23001b",
    },
  ],
  databases: [{ name: "confluence", engine: "mariadb", tables: 214, bytes: 987_000_000 }],
  trees: [{ label: "home", files: 20_104, bytes: 3_204_000_000, skipped: 0 }],
  warnings: [],
  failures: [],
};

const warnings = ["home: 2 files vanished while they were copied, such as temp/export-8812.tmp"];

const failures = [
  {
    code: "database-unreachable",
    message: "the database server at 127.0.0.1:3306 does not answer: connection refused",
    hint: "is it running? systemctl status mariadb",
  },
];

const goodLog = [
  "2026-11-23 02:00:00 INFO  dumping the database confluence (mariadb 10.11)",
  "2026-11-23 02:01:22 INFO  dumped 214 tables, 987 MB",
  "2026-11-23 02:03:05 INFO  archive finished, 1.23 GB",
  `/var/backups/backup-tools/${job}/${archiveName}`,
];

const badLog = [
  "2026-11-23 02:00:00 INFO  looking at the database confluence",
  "2026-11-23 02:00:12 ERROR the database server at 127.0.0.1:3306 does not answer: connection refused",
  "    is it running? systemctl status mariadb",
];

function run(length: number, lines: readonly string[]): Outcome {
  return {
    job,
    host,
    command: ["backup-agent", job],
    state: "success",
    ending: { kind: "exited", exitCode: 0 },
    startedAt,
    endedAt: new Date(startedAt.getTime() + length),
    duration: length,
    log: { lines, isCut: false },
    report,
    before: recordOfNights(job, nights),
  };
}

const good = run(duration, goodLog);

/** Last night, as it may have gone. */
export const outcomes = {
  success: good,
  warning: {
    ...good,
    state: "warning",
    report: { ...report, outcome: "warning", warnings, trees: report.trees.map((tree) => ({ ...tree, skipped: 2 })) },
  },
  failure: {
    ...run(12_000, badLog),
    state: "failure",
    ending: { kind: "exited", exitCode: 1 },
    report: { ...report, outcome: "failure", archives: [], databases: [], trees: [], failures },
  },
  recovery: { ...good, before: recordOfNights(job, [...nights.slice(2), undefined, undefined]) },
} as const satisfies Record<string, Outcome>;
