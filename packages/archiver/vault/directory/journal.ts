import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { hasErrorCode } from "@catapullt/core/errors";
import { type NumberedReceipt, parseReceipt } from "../receipt.ts";
import type { JournalMark, JournalPart } from "../vault.ts";

const chunkBytes = 8 * 1024 * 1024;
const digestBytes = 4096;
const lineFeed = 0x0a;

/**
 * Reads the journal from a mark on, a few megabytes at once. A line that is not whole yet waits for the next time; one
 * that cannot be understood is passed over. Undefined where this is not the journal that the mark was made in.
 */
export function readJournal(path: string, from: JournalMark | undefined): JournalPart | undefined {
  const file = openIfThere(path);
  if (file === undefined) return from === undefined || from.offset === 0 ? nothing : undefined;
  try {
    const offset = from?.offset ?? 0;
    const { size } = fstatSync(file);
    if (size < offset || (from !== undefined && digestBefore(file, offset) !== from.digest)) return undefined;
    const { receipts, end } = readLines(file, { offset, size });
    return { receipts, mark: { offset: end, digest: digestBefore(file, end) }, isLast: end === offset || end >= size };
  } finally {
    closeSync(file);
  }
}

const nothing: JournalPart = { receipts: [], mark: { offset: 0, digest: digestOf(Buffer.alloc(0)) }, isLast: true };

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

interface Extent {
  offset: number;
  size: number;
}

function readLines(file: number, { offset, size }: Extent): { receipts: NumberedReceipt[]; end: number } {
  let chunk = readPart(file, offset, Math.min(chunkBytes, size - offset));
  while (!chunk.includes(lineFeed) && offset + chunk.length < size) {
    const longer = readPart(file, offset, Math.min(chunk.length * 4, size - offset)); // one very long line
    if (longer.length === chunk.length) break;
    chunk = longer;
  }
  const receipts: NumberedReceipt[] = [];
  let start = 0;
  for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
    addReceipt(receipts, chunk.toString("utf8", start, end), offset + start);
    start = end + 1;
  }
  // A line that lacks nothing but its end is understood at once: JSON that was cut off is none.
  if (offset + chunk.length >= size && addReceipt(receipts, chunk.toString("utf8", start), offset + start))
    start = chunk.length;
  return { receipts, end: offset + start };
}

function addReceipt(receipts: NumberedReceipt[], line: string, offset: number): boolean {
  const receipt = parseReceipt(line);
  if (receipt !== undefined) receipts.push({ receipt, offset });
  return receipt !== undefined;
}

function digestBefore(file: number, offset: number): string {
  const length = Math.min(offset, digestBytes);
  return digestOf(readPart(file, offset - length, length));
}

function digestOf(bytes: Buffer): string {
  return createHash("sha1").update(bytes).digest("hex");
}

function readPart(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
