import { statfs } from "node:fs/promises";
import { OperationError } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";

const says = /no space left|disk full|disk quota exceeded|the table .* is full|\bENOSPC\b|\bEDQUOT\b/i;
const nothing = 1024 ** 2;

/** True where an error's text says that a disk was full, in the words of the system or of a DBMS. */
export function saysDiskFull({ message }: Error): boolean {
  return says.test(message);
}

/** Throws `drill-failed` where an error comes from a disk that is full: it tells nothing about the archive. */
export async function refuseFullDisk(error: OperationError, directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= nothing && !saysDiskFull(error)) return;
  throw new OperationError(
    "drill-failed",
    `the disk of ${directory} became full (${formatBytes(free)} free): ${error.message}`,
    {
      hint: "this says nothing about the archive: make room, or name a directory on another disk with --directory DIR",
      cause: error,
    },
  );
}
