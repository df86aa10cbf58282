import type { BigIntStats } from "node:fs";
import { paddingSize } from "../tar/tar-header.ts";
import type { FileSystem } from "./file-system.ts";
import type { TarSink } from "./tar-sink.ts";

export interface FileContentResult {
  /** How the file changed while it was read, as the end of a sentence that begins with its path. */
  change: string | undefined;
  /** Why the rest could not be read; zeros stand in its place. */
  error: unknown;
}

/**
 * Writes exactly the content size that the header announced, and its padding, whatever happens to the file meanwhile: what
 * is missing is filled with zeros, what was added later is left out.
 */
export function copyFileContent(
  descriptor: number,
  announced: BigIntStats,
  { sink, fileSystem }: { sink: TarSink; fileSystem: FileSystem },
): FileContentResult {
  const size = Number(announced.size);
  let rest = size;
  let error: unknown;
  try {
    while (rest > 0) {
      const space = sink.space();
      const count = fileSystem.readSync(descriptor, space, 0, Math.min(rest, space.length), null);
      if (count === 0) break;
      sink.advance(count);
      rest -= count;
    }
  } catch (cause) {
    error = cause;
  }
  writeZeros(sink, rest + paddingSize(size));
  if (error !== undefined) return { change: undefined, error };
  const change = describeChange(announced, fileSystem.fstatSync(descriptor, { bigint: true }), rest);
  return { change, error: undefined };
}

function describeChange(before: BigIntStats, after: BigIntStats, missing: number): string | undefined {
  if (missing > 0)
    return `shrank while it was read: its last ${missing} of ${before.size} bytes are zeros in the archive`;
  if (after.size > before.size)
    return `grew while it was read: the archive holds its first ${before.size} of ${after.size} bytes`;
  const isSame = after.ino === before.ino && after.dev === before.dev && after.mtimeNs === before.mtimeNs;
  return isSame && after.size === before.size ? undefined : "changed while it was read";
}

function writeZeros(sink: TarSink, count: number): void {
  for (let rest = count; rest > 0; ) {
    const space = sink.space();
    const size = Math.min(rest, space.length);
    space.fill(0, 0, size);
    sink.advance(size);
    rest -= size;
  }
}
