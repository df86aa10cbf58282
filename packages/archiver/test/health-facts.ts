import { formatArchiveName } from "@catapullt/core/archive/name";
import type { LastRun } from "@catapullt/core/report/last-run";
import type { RecordedArchive } from "../catalog/catalog.ts";
import { expectationSchema } from "../config/expectation.ts";
import type { ApplicationFacts } from "../health/facts.ts";
import type { ArchiveContents } from "../vault/contents.ts";
import type { ApplicationSighting, HostSighting } from "../vault/sighting.ts";

/** Tuesday, 08:00: the backup of 02:00 should have been pulled at 04:00. */
export const now = new Date("2026-11-24T08:00:00Z");
export const clock = { now, timeZone: "UTC" };

export function recordedArchive(time: string, changes: Partial<RecordedArchive> = {}): RecordedArchive {
  const began = new Date(time);
  return {
    host: "wiki01",
    application: "wiki",
    name: formatArchiveName({ application: "wiki", time: began, compression: "zstd" }),
    bytes: 1_000_000_000,
    sha1: "0".repeat(40),
    time: began,
    version: "7.19.4",
    verifiedAt: new Date(began.getTime() + 7_200_000).toISOString(),
    provenAt: undefined,
    recoverySeconds: undefined,
    findings: undefined,
    arrivedAt: new Date(began.getTime() + 7_200_000),
    goneAt: undefined,
    contents: undefined,
    ...changes,
  };
}

/** What the pull of this morning saw. */
export function hostSighting(changes: Partial<HostSighting> = {}): HostSighting {
  return {
    visitedAt: "2026-11-24T04:00:00.000Z",
    reachedAt: "2026-11-24T04:00:01.000Z",
    failure: null,
    clock: null,
    applications: {},
    ...changes,
  };
}

export function applicationSighting(changes: Partial<ApplicationSighting> = {}): Record<string, ApplicationSighting> {
  return { wiki: { lastRun: null, waiting: [], unfinished: [], ...changes } };
}

export function lastRun(changes: Partial<LastRun> = {}): LastRun {
  return {
    schemaVersion: 1,
    application: "wiki",
    state: "succeeded",
    startedAt: "2026-11-22T02:00:00.000Z",
    endedAt: "2026-11-22T02:20:00.000Z",
    archive: "wiki_20261122T020000Z.tar.zst",
    failure: null,
    ...changes,
  };
}

/** An application whose last good archive is of the 22nd, so that it is late; expected daily. */
export function lateApplication({
  expect = { every: "24h", grace: "4h" },
  ...changes
}: Partial<ApplicationFacts> & { expect?: object } = {}): ApplicationFacts {
  return {
    host: "wiki01",
    application: "wiki",
    expectation: expectationSchema.parse(expect),
    archives: [recordedArchive("2026-11-22T02:00:00Z")],
    lastProof: undefined,
    quarantined: [],
    sighting: hostSighting(),
    ...changes,
  };
}

export function contentsOf({
  dump = 2_000_000_000,
  tables = {},
  tree = 500_000_000,
  files = 5_000,
  tableCount = 100,
}: {
  dump?: number;
  tables?: Record<string, number>;
  tree?: number;
  files?: number;
  tableCount?: number;
} = {}): ArchiveContents {
  const time = "2026-11-22T02:00:00.000Z";
  return {
    startedAt: time,
    endedAt: time,
    databases: [{ name: "confluence", engine: "mysql", bytes: dump, tableCount, tables }],
    trees: [{ label: "home", files, bytes: tree }],
  };
}
