import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { z } from "zod";
import type { FetchSource } from "../vault.ts";
import { fileMode, readSmallFile } from "./layout.ts";

const sizeLimit = 1024;

const noteSchema = z.object({
  bytes: z.int().nonnegative(),
  modifiedAt: z.number(),
  sha1: z.string().regex(/^[0-9a-f]{40}$/),
});

/** Keeps beside an unfinished fetch what it is made from. */
export async function writeNote(path: string, source: FetchSource): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(noteSchema.parse(source))}\n`, { mode: fileMode });
}

/** What an unfinished fetch was made from; undefined where that is not known. */
export async function readNote(path: string): Promise<FetchSource | undefined> {
  const text = await readSmallFile(path, sizeLimit);
  if (text === undefined) return undefined;
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
