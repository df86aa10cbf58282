import { parseArchiveName } from "@catapullt/core/archive/name";
import type { StoredArchive } from "../vault/vault.ts";

/** Bytes that the next archives of a host will take, if they are as large as the newest one of each application. Pure. */
export function nextBytes(stored: readonly StoredArchive[]): number {
  const newest = new Map<string, { time: number; bytes: number }>();
  for (const { application, name, bytes } of stored) {
    const time = parseArchiveName(name)?.time.getTime() ?? 0;
    if (time >= (newest.get(application)?.time ?? 0)) newest.set(application, { time, bytes });
  }
  return [...newest.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}
