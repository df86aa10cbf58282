import { findCronDaemon, readProcessFile } from "@catapullt/core/schedule/cron-daemon";

/** What this host tells about why something did not run. */
export interface HostEvidence {
  /** When the host, or the container, was started; undefined where it does not tell. */
  startedAt: Date | undefined;
  /** Whether a daemon runs that reads crontabs; undefined where it cannot be seen. */
  hasCron: boolean | undefined;
}

/** Looks at the host; `proc` is where its process file system is mounted. Never rejects for what it cannot see. */
export async function gatherHostEvidence(proc = "/proc"): Promise<HostEvidence> {
  return { startedAt: await readStart(proc), hasCron: await findCronDaemon(proc) };
}

/** `btime` of proc_stat(5): seconds since the epoch. */
async function readStart(proc: string): Promise<Date | undefined> {
  const [, seconds] = /^btime (\d+)$/m.exec((await readProcessFile(`${proc}/stat`)) ?? "") ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
}
