import { randomUUID } from "node:crypto";

const pattern = /^\.staged-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]+\.part(?:-journal|-wal|-shm)?$/;

/**
 * A fresh name for a file that has to stand beside an archive while that is written, such as the copy of a database file.
 * What a dead run left under such a name is removed by the next one, with what SQLite puts beside it.
 */
export function stagedFileName(extension: string): string {
  return `.staged-${randomUUID()}.${extension}.part`;
}

export function isStagedFileName(name: string): boolean {
  return pattern.test(name);
}
