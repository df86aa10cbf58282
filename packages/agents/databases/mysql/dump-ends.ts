import type { DumpEnds } from "@catapullt/core/archive/verify";

/** A dump tool that was stopped half-way leaves SQL that loads without an error: only the closing line tells. */
export function findDumpDamage({ tail }: DumpEnds): string | undefined {
  const last = tail.toString("latin1").trimEnd().split("\n").at(-1) ?? "";
  return isClosingLine(last) ? undefined : "it lacks the closing line `-- Dump completed`: it was cut off";
}

/** The last line that mysqldump and mariadb-dump write, with the time or without. */
export function isClosingLine(line: string): boolean {
  return /^-- Dump completed(?: on .*)?$/.test(line);
}
