import { type Outcome, recordOf, reportedBytes } from "../outcome.ts";
import { addRun } from "../state/job-record.ts";
import { findSizeChange } from "./change.ts";
import { cleanLine } from "./clean.ts";
import type { RunFigures } from "./message.ts";

const longestList = 50;

export function figuresOf(outcome: Outcome): RunFigures {
  const { report, before, endedAt } = outcome;
  const bytes = reportedBytes(report);
  const { streak } = addRun(before, recordOf(outcome));
  return {
    bytes: bytes ?? null,
    archives: (report?.archives ?? []).slice(0, longestList).map((archive) => ({
      host: cleanLine(archive.host),
      application: cleanLine(archive.application),
      name: cleanLine(archive.name),
      path: cleanLine(archive.path),
      bytes: archive.bytes,
      sha1: cleanLine(archive.sha1),
      version: archive.version === undefined ? null : cleanLine(archive.version),
    })),
    change: bytes === undefined ? null : (findSizeChange(bytes, before.recent) ?? null),
    streak: { runs: streak?.runs ?? 1, since: (streak?.since ?? endedAt).toISOString() },
  };
}
