import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatArchiveName } from "@catapullt/core/archive/name";

export interface VaultSize {
  hosts: number;
  applications: number;
  archives: number;
}

const day = 86_400_000;
const sha1OfNothing = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/** Fills a directory as years of pulling do: empty archives with their sidecars, one a day, and the journal of their arrival. */
export function fillVault(vault: string, { hosts, applications, archives }: VaultSize): void {
  mkdirSync(join(vault, ".archiver"), { recursive: true });
  const journal = openSync(join(vault, ".archiver", "receipts.jsonl"), "a");
  const newest = Math.floor(Date.now() / day) * day;
  try {
    for (let host = 0; host < hosts; host += 1) {
      const lines: string[] = [];
      for (let application = 0; application < applications; application += 1) {
        const place = { host: `host${pad(host, 4)}`, application: `app${pad(application, 2)}` };
        mkdirSync(join(vault, place.host, place.application), { recursive: true });
        for (let age = archives - 1; age >= 0; age -= 1)
          lines.push(...putArchive(vault, { ...place, time: new Date(newest - age * day) }));
      }
      writeSync(journal, lines.join(""));
    }
  } finally {
    closeSync(journal);
  }
}

function putArchive(vault: string, { time, ...place }: { host: string; application: string; time: Date }): string[] {
  const name = formatArchiveName({ application: place.application, time, compression: "zstd" });
  const path = join(vault, place.host, place.application, name);
  writeFileSync(path, "");
  writeFileSync(`${path}.sha1`, `${sha1OfNothing}  ${name}\n`);
  const at = new Date(time.getTime() + 2 * 3_600_000).toISOString();
  const identity = { at, ...place, name, bytes: 0, sha1: sha1OfNothing };
  const source = `backup@${place.host}:/var/backups/backup-tools`;
  const database = {
    name: place.application,
    engine: "mysql",
    bytes: 5e7,
    tableCount: 90,
    tables: { page: 1e7, body: 3e7 },
  };
  const contents = {
    startedAt: time.toISOString(),
    endedAt: new Date(time.getTime() + 60_000).toISOString(),
    databases: [database],
    trees: [{ label: "home", files: 1000, bytes: 1e8 }],
  };
  return [
    { event: "stored", ...identity, source, seconds: 12.5, version: "8.5.4", verifiedAt: at },
    { event: "described", ...identity, contents },
    { event: "removed", ...identity, source },
  ].map((receipt) => `${JSON.stringify(receipt)}\n`);
}

function pad(index: number, length: number): string {
  return String(index).padStart(length, "0");
}
