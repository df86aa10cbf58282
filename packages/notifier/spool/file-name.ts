import type { SpoolEntry } from "./entry.ts";

/** What the name of an entry's file says, so that a full spool need not be read. */
export interface SpoolFile {
  name: string;
  queuedAt: Date;
  isSuccess: boolean;
  identity: string;
}

const pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.([a-z]+)\.[a-zA-Z0-9-]+\.([a-z0-9-]+)\.json$/;

/** The name under which an entry lies: names in their order are entries in theirs. */
export function entryFileName({ queuedAt, message, identity }: SpoolEntry): string {
  return `${queuedAt.toISOString().replace(/[-:.]/g, "")}.${message.state}.${message.id}.${identity}.json`;
}

/** What a name says; undefined where it is no entry's. */
export function parseFileName(name: string): SpoolFile | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, state, identity = ""] = match;
  const queuedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
  if (Number.isNaN(queuedAt.getTime())) return undefined;
  return { name, queuedAt, isSuccess: state === "success", identity };
}
