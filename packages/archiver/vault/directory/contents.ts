import { join } from "node:path";
import { isApplicationName, parseArchiveName } from "@catapullt/core/archive/name";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import type { ArchiveId } from "../vault.ts";
import { listDirectory, nameOfLeftover } from "./layout.ts";

/** What lies in a host's directory of the vault, by its names alone. Foreign files are left out. */
export interface HostContents {
  archives: (ArchiveId & { isFinished: boolean })[];
  /** Archives of which an unfinished fetch has left files. */
  unfinished: ArchiveId[];
}

export async function readHostContents(root: string, host: string): Promise<HostContents> {
  const contents: HostContents = { archives: [], unfinished: [] };
  for (const { name: application, kind } of await listDirectory(join(root, host))) {
    if (kind !== "directory" || !isApplicationName(application)) continue;
    const entries = await listDirectory(join(root, host, application));
    const names = new Set(entries.filter((entry) => entry.kind === "file").map((entry) => entry.name));
    const isOurs = (name: string) => parseArchiveName(name)?.application === application;
    for (const name of names)
      if (isOurs(name)) contents.archives.push({ host, application, name, isFinished: names.has(sidecarName(name)) });
    const leftovers = new Set([...names].flatMap((name) => nameOfLeftover(name) ?? []));
    for (const name of leftovers)
      if (isOurs(name) && !names.has(name)) contents.unfinished.push({ host, application, name });
  }
  return contents;
}
