import { createHash } from "node:crypto";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import { readMembers } from "@catapullt/core/archive/reader";
import { OperationError } from "@catapullt/core/errors";

export interface DumpSourceOptions {
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

const bufferSize = 4 * 1024 * 1024;

class WholeDumpRead extends Error {}

/**
 * One dump out of an archive, its parts joined. It ends only if every byte is the one that the manifest speaks of; a reader may
 * stop at any time. What follows in the archive is not read.
 */
export async function* readDump(
  archive: string,
  recorded: ManifestDatabase,
  { signal, onProgress }: DumpSourceOptions,
): AsyncGenerator<Buffer> {
  const pieces = new PassThrough({ highWaterMark: bufferSize });
  const stop = new AbortController();
  const hash = createHash("sha1");
  let bytes = 0;
  const reading = readMembers(archive, {
    signal: AbortSignal.any([signal, stop.signal]),
    async onMember(member, content) {
      if (!isPart(member.name, recorded)) {
        if (bytes > 0 || member.name.startsWith("files/")) throw new WholeDumpRead();
        return;
      }
      for await (const piece of content) {
        hash.update(piece);
        bytes += piece.length;
        onProgress(piece.length);
        if (!pieces.write(piece)) await once(pieces, "drain", { signal: AbortSignal.any([signal, stop.signal]) });
      }
    },
  });
  const settled = reading
    .catch((error: unknown) => {
      if (!(error instanceof WholeDumpRead)) throw error;
    })
    .then(() => {
      if (bytes === recorded.bytes && hash.digest("hex") === recorded.sha1) pieces.end();
      else throw changed(archive, recorded);
    })
    .catch((error: unknown) => {
      pieces.destroy(signal.aborted ? toError(signal.reason) : toError(error));
    });
  try {
    yield* pieces as AsyncIterable<Buffer>;
  } finally {
    stop.abort();
    pieces.destroy();
    await settled;
  }
}

function isPart(name: string, { member }: ManifestDatabase): boolean {
  return name === member || (name.startsWith(`${member}.`) && /^\d{4,}$/.test(name.slice(member.length + 1)));
}

function changed(archive: string, { member }: ManifestDatabase): OperationError {
  return new OperationError("archive-invalid", `the dump ${member} in ${archive} is not the one that was verified`, {
    hint: "the archive was replaced or damaged while it was restored: verify it, and restore again",
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
