import { join } from "node:path";
import { findLockHolder } from "@catapullt/core/lock";
import { formatDuration, formatMoment } from "@catapullt/core/units";
import { readLastRun } from "../../backup/last-run.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { failure, ok, warning } from "../finding.ts";

const longestRun = 20 * 3_600_000;

/** Whether a backup runs now, and how the last one ended. */
export const lastRunCheck: Check<ApplicationSubject> = {
  name: "last-run",
  limit: 5_000,
  async look({ stateDirectory, directory, application: { name }, now }) {
    const holder = await findLockHolder(join(stateDirectory, "locks"), `backup-agent-${name}`);
    if (holder !== undefined) {
      const since = new Date(holder.since);
      const told = `another run holds the lock since ${formatMoment(since)} UTC, pid ${holder.pid}`;
      const fix = `wait until it has ended; tonight's run would end at once with code 4. If it hangs: kill ${holder.pid}`;
      return [now.getTime() - since.getTime() > longestRun ? failure(told, fix) : warning(told, fix)];
    }
    const last = await readLastRun(directory);
    if (last === undefined) return [];
    const began = `the last run began at ${formatMoment(new Date(last.startedAt))} UTC`;
    if (last.state === "running")
      return [
        warning(
          `${began} and never ended: it was killed, or this host went down`,
          "nothing to do: its lock went with it, and the next backup clears up",
        ),
      ];
    if (last.state === "failed")
      return [
        warning(
          `${began} and failed (${last.failure?.code}): ${last.failure?.message}`,
          `once all else here is right, run: backup-agent ${name}`,
        ),
      ];
    const took = last.endedAt === null ? 0 : new Date(last.endedAt).getTime() - new Date(last.startedAt).getTime();
    return [ok(`${began} and succeeded in ${formatDuration(took)}`)];
  },
};
