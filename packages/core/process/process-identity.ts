import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { hasErrorCode } from "../errors.ts";

/** Tells a process from every other one, also after its number was given out again or its host has started anew. */
export const processIdentitySchema = z.object({
  host: z.string(),
  /** Changes whenever the host starts. */
  boot: z.string(),
  /** Process numbers mean something within this namespace alone. */
  namespace: z.string(),
  process: z.int(),
  /** In clock ticks since the host started: a number is given out again, but not with the same time. */
  startedAt: z.string(),
});

export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** A process of this host and namespace that runs now. */
export async function identifyProcess(id: number): Promise<ProcessIdentity> {
  const [boot, namespace, startedAt = ""] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    readlink("/proc/self/ns/pid"),
    startTime(id),
  ]);
  return { host: hostname(), boot: boot.trim(), namespace, process: id, startedAt };
}

/** Whether a process still runs; of one of another host or container, that cannot be said. */
export async function findProcess(identity: ProcessIdentity): Promise<"alive" | "gone" | "unknown"> {
  const here = await identifyProcess(process.pid);
  if (identity.host !== here.host) return "unknown";
  if (identity.boot !== here.boot) return "gone";
  if (identity.namespace !== here.namespace) return "unknown";
  return identity.startedAt === (await startTime(identity.process)) ? "alive" : "gone";
}

// The 22nd field; the second is the name in parentheses, which may hold anything, the third the state (proc_pid_stat(5)). Of a
// process that has ended and was not collected by its parent, nothing runs any more.
async function startTime(id: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${id}/stat`, "utf8");
    const [state = "", ...fields] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return /[ZX]/.test(state) ? undefined : fields[18];
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}
