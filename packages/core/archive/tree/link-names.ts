import type { BigIntStats } from "node:fs";
import type { ByteString } from "../tar/byte-string.ts";

/** Which member was a file's first name, for files that have several. */
export interface LinkNames {
  /** The member under which this file is saved already. */
  firstName(stats: BigIntStats): ByteString | undefined;
  remember(stats: BigIntStats, member: ByteString): void;
}

/** Forgets a file once all of its names have been met, so that memory holds the unfinished ones only. */
export function createLinkNames(): LinkNames {
  const known = new Map<string, { member: ByteString; left: bigint }>();
  return {
    firstName(stats) {
      if (stats.nlink < 2n || known.size === 0) return undefined;
      const key = keyOf(stats);
      const file = known.get(key);
      if (file === undefined) return undefined;
      file.left -= 1n;
      if (file.left === 0n) known.delete(key);
      return file.member;
    },
    remember(stats, member) {
      if (stats.nlink > 1n) known.set(keyOf(stats), { member, left: stats.nlink - 1n });
    },
  };
}

function keyOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}
