import { stat, statfs } from "node:fs/promises";
import { formatBytes } from "@catapullt/core/units";
import { readLastRun } from "../../backup/last-run.ts";
import { readArchives } from "../archives.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";
import { nearestExisting } from "../mount.ts";

export interface SpaceFacts {
  place: string;
  free: number;
  /** Size of the newest archive, where it is known. */
  newest: number | undefined;
  /** Size of the trees, uncompressed: what there is to go by where no archive was made yet. */
  estimate: { bytes: number; isComplete: boolean };
  /** What is staged beside the archive while it is written. */
  staged: number;
}

/** Room for tonight's archive beside those that wait. */
export const spaceCheck: Check<ApplicationSubject> = {
  name: "space",
  limit: 30_000,
  async look({ directory, located, application, sampleTrees }) {
    const place = await nearestExisting(directory);
    const { bavail, bsize } = await statfs(place);
    const { archives } = await readArchives(directory, application.name);
    const newest = archives[0]?.bytes ?? (await readLastRun(directory))?.newestBytes ?? undefined;
    const files = located.databases.flatMap(({ file }) => (file === undefined ? [] : [file]));
    const sizes = await Promise.all(
      files.map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    const estimate = await sampleTrees();
    return judgeSpace({ place, free: bavail * bsize, newest, estimate, staged: Math.max(0, ...sizes) });
  },
};

/** Pure. */
export function judgeSpace({ place, free, newest, estimate, staged }: SpaceFacts): Finding[] {
  const needed = (newest ?? estimate.bytes) + staged;
  const basis =
    newest === undefined
      ? `the files are ${estimate.isComplete ? "" : "more than "}${formatBytes(estimate.bytes)}, uncompressed and without a dump`
      : `the last archive was ${formatBytes(newest)}`;
  const copy = staged === 0 ? "" : `, and a copy of the database needs ${formatBytes(staged)} for a while`;
  const told = `${formatBytes(free)} free at ${place}; ${basis}${copy}`;
  const fix =
    "make room there (backup-agent prune APPLICATION, a tighter `retention`), or set `workDir` to a larger disk";
  // Without an archive it is a guess: files may compress to a fraction.
  const least = newest === undefined ? estimate.bytes / 10 + staged : needed;
  if (free === 0 || free < least) return [failure(told, fix)];
  return [free < needed * 1.2 ? warning(told, fix) : ok(told)];
}
