import { readFile, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { isInside } from "../applications/files/trees.ts";

export interface Mount {
  point: string;
  /** Such as `ext4`, `nfs4`, `tmpfs`. */
  type: string;
  source: string;
}

/** The mount that holds a path, from the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)). Pure. */
export function findMount(path: string, mountInfo: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mountInfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const point = decodeOctal(before.split(" ")[4] ?? "");
    const [type = "", source = ""] = after.split(" ");
    // Of two on the same point, the later one lies on top.
    if (point !== "" && isInside(path, point) && point.length >= (best?.point.length ?? 0))
      best = { point, type, source: decodeOctal(source) };
  }
  return best;
}

/** The mount point of `/etc/fstab` that a path should be below; the root is none. Pure. */
export function findPlannedMount(path: string, fstab: string): string | undefined {
  const points = fstab
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .map((line) => decodeOctal(line.trim().split(/\s+/)[1] ?? ""))
    .filter((point) => point.startsWith("/") && point !== "/" && isInside(path, point));
  return points.sort((a, b) => b.length - a.length)[0];
}

/** The mount that holds a path of this host now. */
export async function readMount(path: string): Promise<Mount | undefined> {
  return findMount(await realpath(path), await readFile("/proc/self/mountinfo", "utf8"));
}

/** The path itself where it exists, else the nearest directory above it that does. */
export async function nearestExisting(path: string): Promise<string> {
  try {
    await realpath(path);
    return path;
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT", "ENOTDIR") || path === "/") throw error;
    return await nearestExisting(dirname(path));
  }
}

function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
