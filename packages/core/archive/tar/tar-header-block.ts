import type { ByteString } from "./byte-string.ts";
import { headerChecksum } from "./tar-header.ts";

/** What one header block says by itself. */
export interface HeaderBlock {
  name: ByteString;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Seconds since 1970. */
  modifiedAt: number;
  flag: string;
  linkName: ByteString;
}

/** Decodes a ustar, GNU or older header block; a text says what is wrong with it. */
export function decodeHeaderBlock(block: Buffer): HeaderBlock | string {
  if (readNumber(block, 148, 8) !== headerChecksum(block)) return "the checksum of a header is wrong";
  const flag = block.toString("latin1", 156, 157);
  const fields = {
    mode: readNumber(block, 100, 8),
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size: readNumber(block, 124, 12),
    modifiedAt: readNumber(block, 136, 12),
  };
  const { mode, uid, gid, size, modifiedAt } = fields;
  if (mode === undefined || uid === undefined || gid === undefined || size === undefined || modifiedAt === undefined)
    return "a header holds a number that is none";
  if (size < 0) return "a header states a negative size";
  const isPosix = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isPosix ? readText(block, 345, 155) : "";
  const name = readText(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode: mode & 0o7777,
    uid,
    gid,
    size,
    modifiedAt,
    flag,
    linkName: readText(block, 157, 100),
  };
}

function readText(block: Buffer, offset: number, length: number): ByteString {
  const text = block.toString("latin1", offset, offset + length);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** Octal digits, or GNU's base-256 form where the first bit is set. Empty is 0. */
function readNumber(block: Buffer, offset: number, length: number): number | undefined {
  const first = block[offset] ?? 0;
  if ((first & 0x80) !== 0) return readBase256(block.subarray(offset, offset + length));
  const text = readText(block, offset, length).trim();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

// Two's complement, the topmost bit being the mark of the form.
function readBase256(field: Buffer): number | undefined {
  let value = BigInt((field[0] ?? 0) & 0x7f);
  for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
  const bits = BigInt(field.length * 8 - 1);
  const signed = BigInt.asIntN(Number(bits), value);
  return signed >= Number.MIN_SAFE_INTEGER && signed <= Number.MAX_SAFE_INTEGER ? Number(signed) : undefined;
}
