import { join } from "node:path";
import { isApplicationName, parseArchiveName, sidecarSuffix } from "@catapullt/core/archive/name";
import type { Strangers } from "../vault.ts";
import { type DirectoryEntry, listDirectory, nameOfLeftover, ownDirectory } from "./layout.ts";

/** Looks for what is not ours in a host's directory, and for what is in quarantine. */
export async function findStrangers(root: string, host: string): Promise<Strangers> {
  const found: Strangers = { foreign: [], quarantined: [] };
  for (const { name, kind } of await listDirectory(join(root, host))) {
    if (kind !== "directory" || !isApplicationName(name)) {
      if (!name.startsWith(".")) found.foreign.push(join(host, name));
      continue;
    }
    for (const entry of await listDirectory(join(root, host, name)))
      if (!isOurs(entry, name)) found.foreign.push(join(host, name, entry.name));
    for (const place of [join(ownDirectory, "quarantine", host, name), join(host, name, ".quarantine")])
      found.quarantined.push(...(await findQuarantined(root, place)));
  }
  return found;
}

// Hidden files are somebody's own business, except for what looks like a leftover of another application.
function isOurs({ name, kind }: DirectoryEntry, application: string): boolean {
  if (name.startsWith(".")) return nameOfLeftover(name) === undefined || isNameOf(nameOfLeftover(name), application);
  const archive = name.endsWith(sidecarSuffix) ? name.slice(0, -sidecarSuffix.length) : name;
  return kind === "file" && isNameOf(archive, application);
}

function isNameOf(name: string | undefined, application: string): boolean {
  return name !== undefined && parseArchiveName(name)?.application === application;
}

// One that came into quarantine a second time has a directory of its own there.
async function findQuarantined(root: string, place: string): Promise<string[]> {
  const entries = await listDirectory(join(root, place));
  const below = entries
    .filter(({ kind }) => kind === "directory")
    .map(({ name }) => findQuarantined(root, join(place, name)));
  const archives = entries.filter(({ name, kind }) => kind === "file" && parseArchiveName(name) !== undefined);
  return [...archives.map(({ name }) => join(place, name)), ...(await Promise.all(below)).flat()].sort();
}
