import { buffer } from "node:stream/consumers";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import { give } from "../feed.ts";
import { type ArchiveEntry, parseArchiveList } from "./archive-contents.ts";
import { type ArchiveFigures, createArchiveScanner } from "./archive-scanner.ts";
import type { Tool } from "./tools.ts";

/** What was found out about an archive by reading all of it. */
export interface ArchiveProof {
  /** How the tools ended that read the whole archive, and its table of contents. */
  reading: Promise<ProcessOutcome>;
  listing: Promise<ProcessOutcome>;
  entries(): Promise<ArchiveEntry[]>;
  figures(): ArchiveFigures | undefined;
}

export interface ArchiveProver {
  /** Resolves when there is room for more. Never rejects: what a tool no longer wants is not given to it. */
  push(piece: Uint8Array): Promise<void>;
  /** To be called after the last piece. */
  end(): ArchiveProof;
  /** Resolves when nothing runs any more, which the signal brings about. */
  ended(): Promise<void>;
}

/**
 * Reads an archive in the custom format while it goes by, as a restore would: pg_restore turns all of it into SQL that
 * goes nowhere, and a second one lists its table of contents, which alone proves nothing of what follows.
 */
export function startProof(tool: Tool, signal: AbortSignal): ArchiveProver {
  const begin = (...args: string[]) => tool.start(args, { standardInput: "pipe", signal });
  const reader = begin("--file=/dev/null");
  const lister = begin("--list");
  reader.output.resume();
  const list = buffer(lister.output);
  list.catch(() => {}); // its process tells what went wrong
  const scanner = createArchiveScanner();
  return {
    async push(piece) {
      scanner.push(piece);
      await Promise.all([give(reader, piece), give(lister, piece)]);
    },
    end() {
      reader.input?.end();
      lister.input?.end();
      return {
        reading: reader.outcome,
        listing: lister.outcome,
        entries: async () => parseArchiveList((await list).toString()),
        figures: scanner.end,
      };
    },
    async ended() {
      await Promise.all([reader.outcome, lister.outcome]);
    },
  };
}
