import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LastRun } from "@catapullt/core/report/last-run";
import { type HostSighting, hostSightingSchema } from "../vault/sighting.ts";
import type { BackupHost } from "./backup-host.ts";

export function sightingFile({ vault }: BackupHost, host = "wiki01"): string {
  return join(vault, ".archiver", "hosts", `${host}.json`);
}

/** What the last pull has noted of a host. */
export function sighting(backupHost: BackupHost, host = "wiki01"): HostSighting {
  return hostSightingSchema.parse(JSON.parse(readFileSync(sightingFile(backupHost, host), "utf8")));
}

/** Leaves what the agent would leave after a backup. */
export function leaveTrace({ work }: BackupHost, trace: object | string, application = "wiki"): void {
  mkdirSync(join(work, application), { recursive: true });
  const text = typeof trace === "string" ? trace : JSON.stringify(trace);
  writeFileSync(join(work, application, ".last-run.json"), text);
}

/** What the agent has done within the second of the pull hides the pull's own change. */
export function lastChangedLongAgo({ work }: BackupHost): void {
  utimesSync(join(work, "wiki"), 1_700_000_000, 1_700_000_000);
}

export const failed: LastRun = {
  schemaVersion: 1,
  application: "wiki",
  state: "failed",
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: "2026-11-23T02:00:03.000Z",
  archive: null,
  failure: { code: "database-unreachable", message: "the server does not answer" },
};
export const killed: LastRun = { ...failed, state: "running", endedAt: null, failure: null };
