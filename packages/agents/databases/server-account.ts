import { chown, readFile } from "node:fs/promises";
import { OperationError } from "@catapullt/core/errors";
import { run } from "@catapullt/core/process/run";

export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The account under which a throwaway server runs when this process is root's, which no DBMS likes to run as: the one that its
 * packages bring, else `nobody`. The directory becomes its own. Undefined for everybody but root. Throws `drill-failed` where that
 * account cannot get into the directory.
 */
export async function findServerAccount(preferred: string, directory: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const entry = [preferred, "nobody"]
    .map((name) => entries.find(([candidate]) => candidate === name))
    .find((candidate) => candidate !== undefined);
  if (entry === undefined) return undefined;
  const [name = "", , uid, gid] = entry;
  const account = { name, uid: Number(uid), gid: Number(gid) };
  await chown(directory, account.uid, account.gid);
  await requireAccess(account, directory);
  return account;
}

async function requireAccess({ name, uid, gid }: ServerAccount, directory: string): Promise<void> {
  const changed = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const { exitCode } = await run("setpriv", [...changed, "test", "-w", directory], { timeout: 30_000 });
  if (exitCode === 0) return;
  throw new OperationError("drill-failed", `the throwaway server runs as ${name}, who cannot get into ${directory}`, {
    hint: `drill in a directory whose parents everybody may pass through, such as /var/tmp: --directory DIR`,
  });
}
