import type { Receipt } from "../vault/receipt.ts";
import type { ArchiveId, StoredArchive } from "../vault/vault.ts";

/**
 * Archives without a sidecar whose removal is recorded, and nothing after it: an earlier run has ended before the
 * archive itself was gone. Pure. The size is compared here; the hash must be by whoever removes them.
 */
export function findInterrupted(
  unsealed: readonly (ArchiveId & { bytes: number })[],
  receipts: readonly Receipt[],
): (StoredArchive & { sha1: string })[] {
  if (unsealed.length === 0) return [];
  const last = new Map(receipts.map((receipt) => [keyOf(receipt), receipt]));
  return unsealed.flatMap((archive) => {
    const receipt = last.get(keyOf(archive));
    const isRecorded = receipt?.event === "pruned" && receipt.bytes === archive.bytes;
    return isRecorded ? [{ ...archive, sha1: receipt.sha1 }] : [];
  });
}

function keyOf({ host, application, name }: ArchiveId): string {
  return [host, application, name].join("/");
}
