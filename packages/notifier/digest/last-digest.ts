import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { makeDirectory } from "@catapullt/core/make-directory";
import { z } from "zod";

const lastDigestSchema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });

/** When the last summary was sent; undefined where there was none, or none that can be understood. */
export async function readLastDigest(stateDirectory: string): Promise<Date | undefined> {
  try {
    return lastDigestSchema.safeParse(JSON.parse(await readFile(fileIn(stateDirectory), "utf8"))).data?.at;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Remembers when a summary was sent. Where that cannot be kept, the next one tells of the last 24 hours. */
export async function writeLastDigest(stateDirectory: string, at: Date, log: Logger): Promise<void> {
  const path = fileIn(stateDirectory);
  try {
    makeDirectory(dirname(path), 0o750);
    await writeFileAtomically(path, `${JSON.stringify({ at })}\n`, { mode: 0o640 });
  } catch (error) {
    log.warn(
      `when this summary was sent cannot be remembered in ${path}: ${errorMessage(error)}\n` +
        "make the directory writable for this user, or set `stateDir` to one that is",
    );
  }
}

function fileIn(stateDirectory: string): string {
  return join(stateDirectory, "notify", "digest.json");
}
