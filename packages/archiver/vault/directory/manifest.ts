import { stat } from "node:fs/promises";
import { readManifest } from "@catapullt/core/archive/reader";
import { OperationError } from "@catapullt/core/errors";
import { type ArchiveContents, summarizeManifest } from "../contents.ts";
import { atPath } from "./errors.ts";

// It comes from the host and becomes a line of the journal: thousands of large tables have room, not just anything.
// A small archive speaks of little: one that would blow up the journal is not believed.
const sizeLimit = 1024 * 1024;
const sizeFloor = 32 * 1024;

/** What an archive's manifest says; undefined where it has none that this version knows, says too much, or cannot be read. */
export async function readContents(path: string, signal: AbortSignal): Promise<ArchiveContents | undefined> {
  try {
    const contents = summarizeManifest(await atPath(path, () => readManifest(path, { signal })));
    const { size } = await atPath(path, () => stat(path));
    return JSON.stringify(contents).length <= Math.min(sizeLimit, sizeFloor + size) ? contents : undefined;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return undefined;
  }
}
