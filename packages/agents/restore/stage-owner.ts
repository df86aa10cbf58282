import { lstat, readFile, readlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { z } from "zod";

/** The file in a stage that says whose it is. */
const ownerFile = ".owner";

const ownerSchema = z.object({
  host: z.string(),
  /** Changes whenever the host starts. */
  boot: z.string(),
  /** Process numbers mean something within this namespace alone. */
  namespace: z.string(),
  process: z.int(),
  /** In clock ticks since the host started: a number is given out again, but not with the same time. */
  startedAt: z.string(),
});

export async function claimStage(stage: string): Promise<void> {
  await writeFile(join(stage, ownerFile), JSON.stringify(await describeProcess(process.pid)), { mode: 0o600 });
}

/** True where the process that made a stage is gone for certain; of what another host or container made, that cannot be said. */
export async function isAbandoned(stage: string): Promise<boolean> {
  const owner = await readOwner(stage);
  if (owner === undefined || !(await isOwn(stage))) return false;
  const here = await describeProcess(process.pid);
  if (owner.host !== here.host) return false;
  if (owner.boot !== here.boot) return true;
  return owner.namespace === here.namespace && owner.startedAt !== (await startTime(owner.process));
}

// Whoever may write beside it could put down what looks like ours, and exchange what is in it while it is removed.
async function isOwn(stage: string): Promise<boolean> {
  const stats = await lstat(stage);
  return stats.isDirectory() && stats.uid === process.getuid?.();
}

async function readOwner(stage: string): Promise<z.infer<typeof ownerSchema> | undefined> {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(join(stage, ownerFile), "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR")) return undefined;
    throw error;
  }
}

async function describeProcess(id: number): Promise<z.infer<typeof ownerSchema>> {
  const [boot, namespace, startedAt = ""] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    readlink("/proc/self/ns/pid"),
    startTime(id),
  ]);
  return { host: hostname(), boot: boot.trim(), namespace, process: id, startedAt };
}

// The 22nd field; the second is the name in parentheses, which may hold anything (proc_pid_stat(5)).
async function startTime(id: number): Promise<string | undefined> {
  try {
    const line = await readFile(`/proc/${id}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}
