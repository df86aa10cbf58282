import { join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { findLockHolder } from "@catapullt/core/lock";
import { formatBytes, formatMoment } from "@catapullt/core/units";
import { enumerate } from "../../databases/enumerate.ts";
import { planPrune } from "../../prune/plan.ts";
import { type ArchivesFacts, readArchives, type WaitingArchive } from "../archives.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { type Finding, ok, warning } from "../finding.ts";

/** What waits in the work directory: dated in the future, unfinished, or piling up since nobody fetches it. */
export const archivesCheck: Check<ApplicationSubject> = {
  name: "archives",
  limit: 10_000,
  async look({ directory, application: { name }, config, now, stateDirectory }) {
    const facts = await readArchives(directory, name);
    const isRunning = (await findLockHolder(join(stateDirectory, "locks"), `backup-agent-${name}`)) !== undefined;
    const { decisions } = planPrune({
      application: name,
      files: facts.archives.flatMap((archive) => [archive.name, sidecarName(archive.name)]),
      policy: config.retention,
      now,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    const surplus = decisions.filter(({ action }) => action === "remove").length;
    return judgeArchives(facts, { name, now, isRunning, surplus, directory });
  },
};

interface Surroundings {
  name: string;
  directory: string;
  now: Date;
  /** A backup writes into the directory now. */
  isRunning: boolean;
  /** How many of them `retention` does not keep. */
  surplus: number;
}

const most = 7;
const clockTolerance = 60_000;

/** Pure. */
export function judgeArchives(
  { archives, leftovers }: ArchivesFacts,
  { name, directory, now, isRunning, surplus }: Surroundings,
): Finding[] {
  const findings: Finding[] = [];
  const future = archives.filter(({ time }) => time.getTime() > now.getTime() + clockTolerance);
  if (future.length > 0) {
    findings.push(
      warning(
        `dated in the future, so this host's clock is wrong, or was: ${enumerate(future.map((archive) => archive.name))}`,
        `set the clock; once it is right, move them out of ${directory}: they are ignored by retention`,
      ),
    );
  }
  if (leftovers.length > 0 && !isRunning) {
    findings.push(
      warning(`left by a run that died: ${enumerate(leftovers)}`, "nothing to do: the next backup removes them"),
    );
  }
  if (surplus > 0)
    findings.push(
      warning(`${surplus} archives are no longer kept by \`retention\``, `run: backup-agent prune ${name}`),
    );
  else if (archives.length > most)
    findings.push(
      warning(
        `${describe(archives)}: does nobody fetch them?`,
        "see `archiver check` on the backup host, or set `retention` and run: backup-agent prune",
      ),
    );
  return findings.length > 0 || archives.length === 0 ? findings : [ok(describe(archives))];
}

function describe(archives: readonly WaitingArchive[]): string {
  const bytes = archives.reduce((sum, archive) => sum + archive.bytes, 0);
  const newest = archives[0] === undefined ? "" : `, the newest of ${formatMoment(archives[0].time, "minute")} UTC`;
  return `${archives.length} ${archives.length === 1 ? "archive waits" : "archives wait"}, ${formatBytes(bytes)}${newest}`;
}
