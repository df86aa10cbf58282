import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { hasErrorCode } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";
import { resolveGroup } from "../../backup/group.ts";
import { defaultWorkDirectory } from "../../config/schema.ts";
import type { Check, HostSubject } from "../check.ts";
import { type Finding, failure, failureOf, ok, warning } from "../finding.ts";
import { findPlannedMount, nearestExisting, readMount } from "../mount.ts";

/** There, mounted, writable, with its group to be set. */
export const workDirectoryCheck: Check<HostSubject> = {
  name: "work-directory",
  limit: 10_000,
  async look({ workDirectory, config }) {
    return [...(await lookAtDirectory(workDirectory)), ...(await lookAtGroup(config.archiveGroup))];
  },
};

async function lookAtDirectory(path: string): Promise<Finding[]> {
  const existing = await nearestExisting(path);
  const planned = findPlannedMount(path, await readFstab());
  const mount = await readMount(existing);
  if (planned !== undefined && mount?.point !== planned)
    return [
      failure(`${planned}, which holds ${path}, stands in /etc/fstab and is not mounted`, `run: mount ${planned}`),
    ];
  if (existing !== path && path !== defaultWorkDirectory) {
    return [failure(`${path} does not exist`, `mount it if it is a mount point, or make it: mkdir -m 0750 ${path}`)];
  }
  if (!(await stat(existing)).isDirectory()) return [failure(`${existing} is not a directory`, "set `workDir` to one")];
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (hasErrorCode(error, "EROFS"))
      return [failure(`the file system of ${path} is read-only`, `run: mount -o remount,rw ${mount?.point ?? path}`)];
    if (!hasErrorCode(error, "EACCES", "EPERM")) throw error;
    return [
      failure(
        `user ${process.getuid?.()} may not write into ${existing}`,
        "make it writable for the user that runs the agent, or set `workDir` to a directory that is",
      ),
    ];
  }
  const { bavail, bsize } = await statfs(existing);
  const place = mount === undefined ? "" : `, on ${mount.source} (${mount.type})`;
  const told = `${path}${existing === path ? "" : " (to be made)"}${place}, ${formatBytes(bavail * bsize)} free`;
  if (mount?.type === "tmpfs" || mount?.type === "ramfs")
    return [warning(`${told}: archives are gone when this host starts anew`, "set `workDir` to a directory on a disk")];
  return [ok(told)];
}

async function readFstab(): Promise<string> {
  try {
    return await readFile("/etc/fstab", "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES")) return "";
    throw error;
  }
}

async function lookAtGroup(group: string | number | undefined): Promise<Finding[]> {
  try {
    const id = await resolveGroup(group);
    const mayGive = id === undefined || process.getuid?.() === 0 || process.getgid?.() === id;
    if (mayGive || process.getgroups?.().includes(id)) return [];
    return [
      failure(
        `this user is no member of the group ${group} (\`archiveGroup\`), and so cannot give archives to it`,
        `run: usermod -aG ${group} USER, or run the agent as root`,
      ),
    ];
  } catch (error) {
    return [failureOf(error)];
  }
}
