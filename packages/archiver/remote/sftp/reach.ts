import type { SftpConnection } from "./connect.ts";
import { openWindow } from "./window.ts";

/** How far a reader is ahead of what has come. */
export interface Reach {
  /** Bytes that are asked for and have not come yet. */
  bytes(): number;
  /** To be called when an answer has come. */
  taken(): void;
}

/** Enough on a short line; and as much memory as a long one may take. */
const leastBytes = 4 * 1024 * 1024;
const mostBytes = 16 * 1024 * 1024;
/** The rate at which a line is to be kept full, in bytes per millisecond. */
const aimedRate = 400_000;

/** On a long line more must be on its way at once, or it stands idle. `limit` keeps it below, where a rate is to be kept. */
export function createReach({ sftp, session }: Pick<SftpConnection, "sftp" | "session">, limit = mostBytes): Reach {
  let refill: (() => void) | undefined;
  return {
    bytes() {
      const bytes = Math.min(bytesAhead(session.roundTrip()), limit);
      if (bytes > leastBytes) refill ??= openWindow(sftp, mostBytes);
      return bytes;
    },
    taken: () => refill?.(),
  };
}

/** Bytes that a line holds whose round trip takes so many milliseconds. Pure. */
export function bytesAhead(roundTrip: number): number {
  return Math.min(mostBytes, Math.max(leastBytes, Math.round(roundTrip * aimedRate)));
}
