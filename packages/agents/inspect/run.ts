import { stat } from "node:fs/promises";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { readManifest } from "@catapullt/core/archive/reader";
import type { ArchiveMember } from "@catapullt/core/archive/tar-members";

export interface Inspection {
  archive: string;
  /** Compressed. */
  bytes: number;
  manifest: Manifest;
  /** With `--files` only. */
  members?: InspectedMember[];
}

export interface InspectedMember {
  name: string;
  type: ArchiveMember["type"];
  /** Octal, such as `0640`. */
  mode: string;
  bytes: number;
  /** ISO 8601 in UTC. */
  modified: string;
  linkName?: string;
}

/** Reads an archive's manifest and, if asked for, the list of its members, in one pass. */
export async function inspectArchive(
  path: string,
  { files, signal }: { files: boolean; signal: AbortSignal },
): Promise<Inspection> {
  const members: InspectedMember[] = [];
  const onMember = (member: ArchiveMember) => {
    members.push(describeMember(member));
  };
  const manifest = await readManifest(path, { signal, ...(files ? { onMember } : {}) });
  const inspection = { archive: path, bytes: (await stat(path)).size, manifest };
  return files ? { ...inspection, members } : inspection;
}

function describeMember({ name, type, mode, size, modifiedAt, linkName }: ArchiveMember): InspectedMember {
  return {
    name,
    type,
    mode: mode.toString(8).padStart(4, "0"),
    bytes: size,
    modified: modifiedAt.toISOString(),
    ...(linkName === undefined ? {} : { linkName }),
  };
}
