import { type HeadInput, readArchiveHead } from "./archive-head.ts";

/** What an archive holds for one entry of its table of contents. */
export interface DataFigures {
  /** Without what ends the data of a table. */
  bytes: number;
  /** Undefined where the data are not in COPY's format. */
  rows: number | undefined;
}

/** Figures by the number of the entry. */
export type ArchiveFigures = ReadonlyMap<number, DataFigures>;

export interface ArchiveScanner {
  push(piece: Uint8Array): void;
  /** Undefined where the archive's format is not known, or its end is not the end of an entry's data. */
  end(): ArchiveFigures | undefined;
}

const tableData = 1;
const largeObjects = 3;
const lineFeed = 10;
// pg_dump ends the rows of a table with this (dumpTableData_copy in pg_dump.c).
const endOfRows = Buffer.from("\\.\n\n\n");
const integerBytes = 5;

/**
 * Counts the rows and bytes of every table in an archive in the custom format that is not compressed, while it goes by
 * (`_PrintTocData` and `_skipData` in pg_backup_custom.c): blocks of a kind, the entry's number and chunks, each after
 * its length, up to one of length 0. Large objects have their OIDs before their chunks, up to OID 0.
 */
export function createArchiveScanner(): ArchiveScanner {
  const input: HeadInput = { piece: Buffer.alloc(0), at: 0 };
  const head = readArchiveHead(input);
  let state = head.next();
  const data = createDataScanner();
  return {
    push(piece) {
      if (state.done) {
        if (state.value?.isPlain) data.push(piece);
        return;
      }
      state = head.next(piece);
      if (state.done && state.value?.isPlain) data.push(input.piece.subarray(input.at));
    },
    end: () => (state.done && state.value?.isPlain ? data.end() : undefined),
  };
}

function createDataScanner(): ArchiveScanner {
  const figures = new Map<number, DataFigures>();
  let expects: "block" | "chunk" | "large object" = "block";
  let kind = tableData;
  let current = newBlock();
  let left = 0; // bytes of the current chunk that are still to come
  let carried: Buffer = Buffer.alloc(0); // the beginning of a header whose end is in the next piece
  let isUnderstood = true;

  /** Reads what stands between data and returns where it ends; undefined where that is not there yet. */
  function readHeader(bytes: Buffer, at: number): number | undefined {
    const length = expects === "block" ? 1 + integerBytes : integerBytes;
    if (bytes.length - at < length) return undefined;
    const value = bytes.readUInt32LE(at + length - 4);
    if (expects === "block") {
      kind = bytes[at] ?? 0;
      isUnderstood = kind === tableData || kind === largeObjects;
      current = newBlock();
      figures.set(value, current.figures);
      expects = kind === tableData ? "chunk" : "large object";
    } else if (expects === "large object") {
      expects = value === 0 ? "block" : "chunk";
    } else if (value === 0) {
      if (kind === tableData) endBlock(current);
      expects = kind === tableData ? "block" : "large object";
    } else left = value;
    return at + length;
  }

  return {
    push(piece) {
      const bytes = carried.length === 0 ? asBuffer(piece) : Buffer.concat([carried, piece]);
      carried = Buffer.alloc(0);
      let at = 0;
      while (isUnderstood && at < bytes.length) {
        if (left > 0) {
          const end = Math.min(at + left, bytes.length);
          current.lines += addData(current, bytes, { at, end });
          left -= end - at;
          at = end;
          continue;
        }
        const next = readHeader(bytes, at);
        if (next === undefined) {
          carried = bytes.subarray(at);
          return;
        }
        at = next;
      }
    },
    end: () => (isUnderstood && expects === "block" && carried.length === 0 ? figures : undefined),
  };
}

interface Block {
  figures: DataFigures;
  lines: number;
  /** The last bytes. */
  tail: Buffer;
}

function newBlock(): Block {
  return { figures: { bytes: 0, rows: undefined }, lines: 0, tail: Buffer.alloc(endOfRows.length) };
}

function addData({ figures, tail }: Block, bytes: Buffer, { at, end }: { at: number; end: number }): number {
  figures.bytes += end - at;
  const kept = Math.max(0, tail.length - (end - at));
  tail.copyWithin(0, tail.length - kept);
  for (let index = kept; index < tail.length; index += 1) tail[index] = bytes[end - tail.length + index] ?? 0;
  return countLines(bytes, at, end);
}

function countLines(bytes: Buffer, at: number, end: number): number {
  let count = 0;
  let found = bytes.indexOf(lineFeed, at);
  while (found !== -1 && found < end) {
    count += 1;
    found = found + 1 < end ? bytes.indexOf(lineFeed, found + 1) : -1;
  }
  return count;
}

function endBlock({ figures, lines, tail }: Block): void {
  if (!tail.equals(endOfRows)) return;
  figures.rows = lines - 3;
  figures.bytes -= endOfRows.length;
}

function asBuffer(piece: Uint8Array): Buffer {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
