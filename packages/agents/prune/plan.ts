import { parseArchiveName } from "@catapullt/core/archive/name";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { applyRetention, type RetentionPolicy } from "@catapullt/core/retention/policy";

export interface PruneFacts {
  application: string;
  /** The plain files in the application's part of the work directory. */
  files: readonly string[];
  policy: RetentionPolicy;
  now: Date;
  timeZone: string;
}

export interface PruneDecision {
  application: string;
  name: string;
  action: "keep" | "remove";
  reasons: string[];
}

export interface PrunePlan {
  /** Finished archives of the application, newest first; those dated in the future are kept. */
  decisions: PruneDecision[];
  warnings: string[];
}

/** Decides which of the waiting archives go. Unfinished ones and what is not the application's are not even named. */
export function planPrune({ application, files, policy, now, timeZone }: PruneFacts): PrunePlan {
  const present = new Set(files);
  const archives = files.flatMap((name) => {
    const parsed = parseArchiveName(name);
    const isFinished = parsed?.application === application && present.has(sidecarName(name));
    return isFinished ? [{ name, time: parsed.time }] : [];
  });
  const { keep, remove, ignored } = applyRetention(archives, policy, { now, timeZone });
  const decisions = [
    ...[...ignored, ...keep].map(({ archive, reasons }) => ({ archive, action: "keep" as const, reasons })),
    ...remove.map(({ archive, reasons }) => ({ archive, action: "remove" as const, reasons })),
  ];
  return {
    decisions: decisions
      .sort((a, b) => b.archive.time.getTime() - a.archive.time.getTime())
      .map(({ archive, action, reasons }) => ({ application, name: archive.name, action, reasons })),
    warnings: ignored.map(({ archive }) => `${archive.name} is dated in the future: is the clock right?`),
  };
}
