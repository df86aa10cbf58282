import type { Manifest } from "@catapullt/core/archive/manifest";
import type { Finding } from "./findings.ts";

export const drillReportVersion = 1;

/** What a drill did and found; `--json` prints it, and it is kept in the state directory. */
export interface DrillReport {
  schemaVersion: typeof drillReportVersion;
  /** Base name of the archive, and its SHA1 where it could be verified. */
  archive: string;
  sha1: string | undefined;
  application: string | undefined;
  type: string | undefined;
  version: string | undefined;
  /** Where and when the backup was made. */
  host: string | undefined;
  archivedAt: string | undefined;
  /** Where and when the drill was held. */
  drilledOn: string;
  startedAt: string;
  endedAt: string;
  /** True if everything that was asked for was restored, and nothing was found. */
  proven: boolean;
  /** What the proof covers. */
  covers: ("database" | "files")[];
  /** How long a restore of this archive takes at least: from the first byte read to the last one written. */
  recoverySeconds: number | undefined;
  steps: DrillStep[];
  databases: { name: string; engine: string; server: string; tables: number; rows: number; bytes: number }[];
  figures: { what: string; count: number }[];
  findings: Finding[];
  warnings: string[];
}

export interface DrillStep {
  step: string;
  seconds: number;
  /** True for what a real restore would do too. */
  isRecovery: boolean;
}

/** What a manifest tells of an archive, in the report's words. */
export function describeArchive({ application, type, version, host, startedAt }: Manifest) {
  return { application, type, version: version.after, host, archivedAt: startedAt } satisfies Partial<DrillReport>;
}
