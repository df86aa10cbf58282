import { parseArchiveName } from "@catapullt/core/archive/name";
import type { KnownArchive } from "../catalog/catalog.ts";
import { type ArchiveKnowledge, learn } from "../vault/knowledge.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";

const nothing: ArchiveKnowledge = {
  version: undefined,
  verifiedAt: undefined,
  provenAt: undefined,
  recoverySeconds: undefined,
  findings: undefined,
};

/** What a catalog would say of archives, from receipts in the order in which they were written. */
export function knownArchives(stored: readonly StoredArchive[], receipts: readonly Receipt[]): KnownArchive[] {
  return stored.map((archive) => {
    const time = parseArchiveName(archive.name)?.time;
    if (time === undefined) throw new Error(`expected an archive's name, got ${archive.name}`);
    let known = nothing;
    for (const receipt of receipts)
      if (receipt.event !== "renamed" && keyOf(receipt) === keyOf(archive)) known = learn(known, receipt);
    return { ...archive, time, ...known };
  });
}

function keyOf({ host, application, name, bytes, sha1 }: StoredArchive): string {
  return [host, application, name, bytes, sha1].join("/");
}
