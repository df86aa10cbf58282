import { type VerifiedArchive, verifyArchive } from "@catapullt/core/archive/verify";
import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";
import { createProgress } from "@catapullt/core/progress/progress";
import { databaseEngine, isDumpable } from "../databases/registry.ts";

/**
 * Proves the archive whole, with progress on a terminal: sidecar, every byte, manifest, and that each dump begins and ends as its
 * engine's do. Throws `archive-invalid`.
 */
export async function verify(
  archive: string,
  { log, signal, terminal }: Pick<CommandContext, "log" | "signal" | "terminal">,
): Promise<VerifiedArchive> {
  log.info(`verifying ${archive}`);
  const progress = createProgress(terminal);
  progress.describe("verifying");
  try {
    const verified = await verifyArchive(archive, { signal, onProgress: progress.advance });
    requireWholeDumps(archive, verified);
    return verified;
  } finally {
    progress.end();
  }
}

function requireWholeDumps(archive: string, { manifest, dumps }: VerifiedArchive): void {
  const damages = manifest.databases.flatMap(({ engine, member }) => {
    const ends = dumps.get(member);
    const damage = ends && isDumpable(engine) ? databaseEngine(engine).findDumpDamage(ends) : undefined;
    return damage === undefined ? [] : [`the dump ${member}: ${damage}`];
  });
  if (damages.length === 0) return;
  throw new OperationError("archive-invalid", `the archive ${archive} cannot be restored: ${damages.join("\n")}`, {
    hint: "its sums are right, so it was made like this: restore from another archive and make a new backup",
  });
}
