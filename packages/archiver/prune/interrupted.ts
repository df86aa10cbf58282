import type { Catalog } from "../catalog/catalog.ts";
import type { ArchiveId, StoredArchive } from "../vault/vault.ts";

/**
 * Archives without a sidecar whose removal is recorded, and nothing after it: an earlier run has ended before the
 * archive itself was gone. Pure. The size is compared here; the hash must be by whoever removes them.
 */
export function findInterrupted(
  unsealed: readonly (ArchiveId & { bytes: number })[],
  prunedAs: Catalog["prunedAs"],
): (StoredArchive & { sha1: string })[] {
  return unsealed.flatMap((archive) => {
    const removal = prunedAs(archive);
    return removal?.bytes === archive.bytes ? [{ ...archive, sha1: removal.sha1 }] : [];
  });
}
