import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { type HostSighting, hostSightingSchema } from "../sighting.ts";
import { fileMode, makeDirectory, moveIfThere, ownDirectory, readSmallFile } from "./layout.ts";

const sizeLimit = 16 * 1024 * 1024;

/** Replaces what is known of a host. */
export async function writeSighting(root: string, host: string, sighting: HostSighting): Promise<void> {
  const file = sightingFile(root, host);
  await makeDirectory(root, join(root, ownDirectory, "hosts"));
  await writeFileAtomically(file, `${JSON.stringify(hostSightingSchema.parse(sighting), null, 2)}\n`, {
    mode: fileMode,
  });
}

/** What was noted of a host; undefined where nothing was, or it cannot be understood. */
export async function readSighting(root: string, host: string): Promise<HostSighting | undefined> {
  const text = await readSmallFile(sightingFile(root, host), sizeLimit);
  if (text === undefined) return undefined;
  try {
    return hostSightingSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What was noted of a host is noted of another name; what is noted of that one already is newer, and stays. */
export async function moveSighting(root: string, from: string, to: string): Promise<void> {
  if ((await readSighting(root, to)) !== undefined) await rm(sightingFile(root, from), { force: true });
  else await moveIfThere(sightingFile(root, from), sightingFile(root, to));
}

function sightingFile(root: string, host: string): string {
  return join(root, ownDirectory, "hosts", `${host}.json`);
}
