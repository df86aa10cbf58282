import type { ReportedFailure } from "@catapullt/core/report/schema";
import type { RemotePath } from "../remote/remote.ts";
import type { PullAction } from "./plan.ts";

export interface FetchedArchive extends RemotePath {
  host: string;
  /** Where it lies now. */
  path: string;
  bytes: number;
  sha1: string;
  version: string | undefined;
  seconds: number;
  /** Whether the host's copy is gone. */
  removed: boolean;
}

/** What was done for one host. */
export interface HostOutcome {
  host: string;
  fetched: FetchedArchive[];
  /** Archives that the vault held already and that were removed at the host. */
  removed: RemotePath[];
  /** What was left alone, and why. */
  skipped: (RemotePath & { reason: string })[];
  ignored: { path: string; reason: string }[];
  failures: ReportedFailure[];
}

export interface HostPlan {
  host: string;
  actions: PullAction[];
  ignored: { path: string; reason: string }[];
  failures: ReportedFailure[];
}

export function emptyOutcome(host: string): HostOutcome {
  return { host, fetched: [], removed: [], skipped: [], ignored: [], failures: [] };
}
