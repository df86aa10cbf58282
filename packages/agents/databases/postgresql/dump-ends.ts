import type { DumpEnds } from "@catapullt/core/archive/verify";
import { archiveMagic } from "./archive-head.ts";

/** Whether it is whole, pg_restore tells when it reads it. */
export function findDumpDamage({ head }: DumpEnds): string | undefined {
  const start = head.toString("latin1", 0, archiveMagic.length);
  return start === archiveMagic ? undefined : `it is no archive of pg_dump's: it does not begin with ${archiveMagic}`;
}
