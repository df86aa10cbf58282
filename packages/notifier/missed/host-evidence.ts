import { readdir, readFile } from "node:fs/promises";
import { hasErrorCode } from "@catapullt/core/errors";

/** What this host tells about why something did not run. */
export interface HostEvidence {
  /** When the host, or the container, was started; undefined where it does not tell. */
  startedAt: Date | undefined;
  /** Whether a daemon runs that reads crontabs; undefined where it cannot be seen. */
  hasCron: boolean | undefined;
}

/** As `/proc/PID/comm` names them: cron of Debian, cronie, busybox, fcron, bcron, systemd-cron's timers have none of their own. */
const cronPrograms = new Set([
  "cron",
  "crond",
  "fcron",
  "bcron-start",
  "bcron-sched",
  "dcron",
  "supercronic",
  "cronie",
]);

/** Looks at the host; `proc` is where its process file system is mounted. Never rejects for what it cannot see. */
export async function gatherHostEvidence(proc = "/proc"): Promise<HostEvidence> {
  return { startedAt: await readStart(proc), hasCron: await findCron(proc) };
}

/** `btime` of proc_stat(5): seconds since the epoch. */
async function readStart(proc: string): Promise<Date | undefined> {
  const [, seconds] = /^btime (\d+)$/m.exec((await readProcFile(`${proc}/stat`)) ?? "") ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
}

async function findCron(proc: string): Promise<boolean | undefined> {
  const init = await readProcFile(`${proc}/1/comm`);
  if (init === undefined) return undefined; // other users' processes are hidden (hidepid)
  const ids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(ids.map((id) => readProcFile(`${proc}/${id}/comm`)));
  return names.some((name) => name !== undefined && cronPrograms.has(name.trim()));
}

async function readProcFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // ESRCH: the process ended while it was looked at.
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}
