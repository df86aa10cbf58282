import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatArchiveTime } from "@catapullt/core/archive/name";
import type { BackupHost } from "./backup-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";

export interface Filling {
  host?: string;
  application?: string;
  bytes?: number;
  /** False leaves them without a receipt. */
  verified?: boolean;
}

/** Puts archives into the vault as a pull would have, one for each age in days, with their receipts; in the same order. */
export async function fillVault(
  { vault }: BackupHost,
  daysAgo: readonly number[],
  { host = "wiki01", application = "wiki", bytes = 1_000, verified = true }: Filling = {},
): Promise<SampleArchive[]> {
  mkdirSync(join(vault, ".archiver"), { recursive: true });
  const archives: SampleArchive[] = [];
  for (const days of daysAgo) {
    const time = formatArchiveTime(new Date(Date.now() - days * 86_400_000));
    const archive = await putArchive(join(vault, host), { application, time, bytes });
    archives.push(archive);
    const { name, content, sha1 } = archive;
    const at = new Date().toISOString();
    const receipt = { event: "verified", at, host, application, name, bytes: content.length, sha1 };
    if (verified) appendFileSync(join(vault, ".archiver", "receipts.jsonl"), `${JSON.stringify(receipt)}\n`);
  }
  return archives;
}
