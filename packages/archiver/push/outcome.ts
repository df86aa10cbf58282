import type { ReportedFailure } from "@catapullt/core/report/schema";
import type { RemotePath } from "../remote/remote.ts";

export interface PushedArchive extends RemotePath {
  /** Where it lies at the destination. */
  path: string;
  bytes: number;
  sha1: string;
  /** Bytes that went over the wire, and those that an earlier run had sent. */
  transferred: number;
  resumedFrom: number;
  seconds: number;
}

type WithReason = RemotePath & { reason: string };

/** What a push did. */
export interface PushOutcome {
  destination: string;
  pushed: PushedArchive[];
  /** What had been sent before. */
  present: WithReason[];
  /** What was removed on this host, and what stays. */
  removed: (RemotePath & { reasons: string[] })[];
  kept: (RemotePath & { reasons: string[] })[];
  /** What was left alone. */
  skipped: WithReason[];
  ignored: { path: string; reason: string }[];
  warnings: string[];
  failures: ReportedFailure[];
}

export function emptyOutcome(destination: string): PushOutcome {
  return {
    destination,
    pushed: [],
    present: [],
    removed: [],
    kept: [],
    skipped: [],
    ignored: [],
    warnings: [],
    failures: [],
  };
}
