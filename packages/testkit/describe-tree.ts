import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface DescribeOptions {
  /** Leaves owners out, for trees that an unprivileged user made. */
  withoutOwners?: boolean;
}

/**
 * All that a copy of a tree must have in common with it: for each path (bytes as latin1, sorted, the root as `.`) its kind,
 * mode, owner, time to the nanosecond, the SHA1 of its content or its target, and which other path is the same file.
 * Compare two of them with `toEqual`.
 */
export function describeTree(root: string, { withoutOwners = false }: DescribeOptions = {}): Record<string, string> {
  const description: Record<string, string> = {};
  const firstNames = new Map<string, string>();
  const visit = (path: string) => {
    const location = Buffer.from(path === "." ? root : `${root}/${path}`, "latin1");
    const stats = lstatSync(location, { bigint: true });
    const owner = withoutOwners ? "" : ` ${stats.uid}:${stats.gid}`;
    const metadata = `${(stats.mode & 0o7777n).toString(8)}${owner} ${stats.mtimeNs}`;
    description[path] = `${describeContent(location, stats)} ${metadata}${sameFile(stats, path, firstNames)}`;
    if (!stats.isDirectory()) return;
    for (const name of readdirSync(location, { encoding: "latin1" }).sort())
      visit(path === "." ? name : `${path}/${name}`);
  };
  visit(".");
  return description;
}

function describeContent(location: Buffer, stats: BigIntStats): string {
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(location, { encoding: "latin1" })}`;
  if (!stats.isFile()) return "special";
  return `file of ${stats.size} ${createHash("sha1").update(readFileSync(location)).digest("hex")}`;
}

function sameFile(stats: BigIntStats, path: string, firstNames: Map<string, string>): string {
  if (stats.isDirectory() || stats.nlink < 2n) return "";
  const key = `${stats.dev}:${stats.ino}`;
  const first = firstNames.get(key);
  if (first === undefined) firstNames.set(key, path);
  return first === undefined ? "" : ` same as ${first}`;
}
