import type { JudgedJob } from "../missed/judge.ts";

/** How a job or an archived application is counted, in the order of the subject. */
export const entryKinds = [
  "ok",
  "warning",
  "failed",
  "overdue",
  "hung",
  "never-ran",
  "running",
  "waiting",
  "idle",
] as const;

export type EntryKind = (typeof entryKinds)[number];

/** As subjects and tables call them. */
export const kindWords: Record<EntryKind, string> = {
  ok: "OK",
  warning: "warning",
  failed: "failed",
  overdue: "overdue",
  hung: "hung",
  "never-ran": "never ran",
  running: "running",
  waiting: "not due yet",
  idle: "idle",
};

const wrong: ReadonlySet<EntryKind> = new Set(["failed", "overdue", "hung", "never-ran"]);

/** One line of a summary. */
export interface DigestEntry {
  /** The job, or `host/application`. */
  name: string;
  source: "job" | "archiver";
  kind: EntryKind;
  /** Why it is not as it should be. */
  reason: string | undefined;
  /** What is known besides: runs, times, sizes. */
  details: string;
}

export function isWrong({ kind }: DigestEntry): boolean {
  return wrong.has(kind);
}

/** `5 OK, 1 failed, 1 overdue`: in the order of `entryKinds`, what there is none of left out but for OK. Pure. */
export function countEntries(entries: readonly DigestEntry[]): Record<EntryKind, number> {
  const counts = Object.fromEntries(entryKinds.map((kind) => [kind, 0])) as Record<EntryKind, number>;
  for (const { kind } of entries) counts[kind] += 1;
  return counts;
}

export function describeCounts(entries: readonly DigestEntry[]): string {
  const counts = countEntries(entries);
  return entryKinds
    .filter((kind) => kind === "ok" || counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${kindWords[kind]}`)
    .join(", ");
}

/** What is wrong first, then the rest, each in the order that it came in. Pure. */
export function sortEntries(entries: readonly DigestEntry[]): DigestEntry[] {
  return [...entries.filter(isWrong), ...entries.filter((entry) => !isWrong(entry))];
}

/** How a job is counted: `idle` where nobody expects it and nothing of it ran. */
export function kindOf({ state, expectation, lastRun }: JudgedJob, since: Date): EntryKind {
  if (state === "failing") return "failed";
  const isQuiet = expectation === undefined && lastRun !== undefined && lastRun.endedAt < since;
  return isQuiet && (state === "ok" || state === "warning") ? "idle" : state;
}
