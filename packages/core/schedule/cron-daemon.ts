import { readdir, readFile } from "node:fs/promises";
import { hasErrorCode } from "../errors.ts";

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

/** Whether a daemon runs that reads crontabs; undefined where it cannot be seen. `proc` is where the process file system is mounted. */
export async function findCronDaemon(proc = "/proc"): Promise<boolean | undefined> {
  const init = await readProcessFile(`${proc}/1/comm`);
  if (init === undefined) return undefined; // other users' processes are hidden (hidepid)
  const ids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(ids.map((id) => readProcessFile(`${proc}/${id}/comm`)));
  return names.some((name) => name !== undefined && cronPrograms.has(name.trim()));
}

/** A file of the process file system; undefined where it is gone or may not be read. */
export async function readProcessFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // ESRCH: the process ended while it was looked at.
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}
