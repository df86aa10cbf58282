import { createHash } from "node:crypto";

const longestName = 63; // bytes; NAMEDATALEN in pg_config_manual.h

export interface RestoreNames {
  /** Into which a dump is loaded, before it takes the place of the old database. */
  staging: string;
  /** What the old database is called afterwards. */
  kept: string;
  /** What the new one would be called if the old one came back. */
  restored: string;
}

/** Names for databases beside `database`; long ones are cut, and stay different from each other. */
export function namesBeside(database: string, stamp: string): RestoreNames {
  return {
    staging: nameBeside(database, `-restore-${stamp}`),
    kept: nameBeside(database, `-before-restore-${stamp}`),
    restored: nameBeside(database, `-restored-${stamp}`),
  };
}

/** How the names of databases begin that were loaded for this one. */
export function beginningBeside(database: string, stamp: string): string {
  return namesBeside(database, stamp).staging.slice(0, -stamp.length);
}

function nameBeside(database: string, suffix: string): string {
  const room = longestName - Buffer.byteLength(suffix);
  if (Buffer.byteLength(database) <= room) return database + suffix;
  const digest = createHash("sha1").update(database).digest("hex").slice(0, 8);
  let cut = "";
  for (const character of database) {
    if (Buffer.byteLength(cut + character) > room - digest.length - 1) break;
    cut += character;
  }
  return `${cut}-${digest}${suffix}`;
}
