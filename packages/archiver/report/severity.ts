import type { AssessedApplication } from "../health/assess.ts";
import type { FindingKind } from "../health/finding.ts";

export type Severity = "bad" | "warn" | "none" | "ok";

// The worst first: no backup at all, then such as may be none, then what is worth a look.
const order: readonly FindingKind[] = [
  "missing",
  "stale",
  "quarantined",
  "unreadable",
  "space",
  "shrunk",
  "unreachable",
  "waiting",
  "unverified",
  "unproven",
  "clock",
  "grown",
];
const mildest = order.indexOf("waiting");

/** How bad a finding of this kind is, against the others: less is worse. */
export function rankOf(kind: FindingKind): number {
  return order.indexOf(kind);
}

export function severityOf(kind: FindingKind): "bad" | "warn" {
  return rankOf(kind) < mildest ? "bad" : "warn";
}

/** `none`: nothing is wrong, and nobody would notice if there was no backup. */
export function severityOfApplication({
  state,
  isExpected,
}: Pick<AssessedApplication, "state" | "isExpected">): Severity {
  if (state !== "ok") return severityOf(state);
  return isExpected ? "ok" : "none";
}

/** The worst first, then what nobody expects, then by host and application. */
export function compareApplications(one: AssessedApplication, other: AssessedApplication): number {
  return (
    rankOfApplication(one) - rankOfApplication(other) ||
    compare(one.host, other.host) ||
    compare(one.application, other.application)
  );
}

function rankOfApplication({ state, isExpected }: AssessedApplication): number {
  if (state !== "ok") return rankOf(state);
  return isExpected ? order.length + 1 : order.length;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
