import { type ByteString, isAscii, isUtf8Name } from "./byte-string.ts";
import { encodePaxRecords, formatPaxTime, type PaxRecords } from "./pax.ts";

/** Tar's unit, in bytes: headers have one, contents are filled up to a multiple of it. */
export const tarBlockSize = 512;

/** An archive ends with two blocks of zeros. */
export const endOfArchive = Buffer.alloc(2 * tarBlockSize);

export type TarEntryType = "file" | "directory" | "symlink" | "hardlink";

export interface TarEntry {
  /** Without a slash at the end, for directories too. */
  name: ByteString;
  type: TarEntryType;
  /** Bytes of content that follow; 0 for all but files. */
  size: number;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  /** Empty where the number has no name. */
  userName: ByteString;
  groupName: ByteString;
  /** Nanoseconds since 1970. */
  modifiedAt: bigint;
  /** What a symbolic link holds, or the member that a hard link is another name of; else empty. */
  linkName: ByteString;
}

const typeFlags: Record<TarEntryType, string> = { file: "0", hardlink: "1", symlink: "2", directory: "5" };
const nameLength = 100;
const prefixLength = 155;
const ownerNameLength = 31; // 32 with its NUL
const largestOctal7 = 0o7777777;
const largestOctal11 = 0o77777777777;
const nanosecondsPerSecond = 1_000_000_000n;

/** How many zero bytes follow a content of `size` bytes. */
export function paddingSize(size: number): number {
  return (tarBlockSize - (size % tarBlockSize)) % tarBlockSize;
}

/**
 * A member's header blocks: one ustar block (POSIX.1-1988), after a PAX extended header where the ustar block cannot say
 * everything: fractions of seconds, long names, names beyond ASCII, large numbers. Names that are not UTF-8 are written
 * as they are, which every tar reads back byte by byte.
 */
export function encodeTarHeader(entry: TarEntry): Buffer {
  const name = entry.type === "directory" ? `${entry.name}/` : entry.name;
  const place = splitName(name);
  const records = paxRecords(entry, name, place !== undefined);
  const extended = records.size === 0 ? "" : encodePaxRecords(records);
  const extendedSize = extended.length + paddingSize(extended.length);
  const offset = extended === "" ? 0 : tarBlockSize + extendedSize;
  const result = Buffer.alloc(offset + tarBlockSize);
  if (extended !== "") {
    const { modifiedAt, uid, gid } = { modifiedAt: 0n, uid: 0, gid: 0 };
    const block = { name: "PaxHeaders/member", prefix: "", flag: "x", mode: 0o644, uid, gid, size: extended.length };
    writeBlock(result, { ...block, modifiedAt, linkName: "", userName: "", groupName: "" });
    result.write(extended, tarBlockSize, "latin1");
  }
  const { name: shortName, prefix } = place ?? { name: name.slice(0, nameLength), prefix: "" };
  writeBlock(result.subarray(offset), { ...entry, name: shortName, prefix, flag: typeFlags[entry.type] });
  return result;
}

function paxRecords(entry: TarEntry, name: ByteString, nameFits: boolean): PaxRecords {
  const records: PaxRecords = new Map();
  if (!nameFits || needsCharacterSet(name)) records.set("path", name);
  if (entry.linkName.length > nameLength || needsCharacterSet(entry.linkName)) records.set("linkpath", entry.linkName);
  if (entry.size > largestOctal11) records.set("size", String(entry.size));
  if (entry.uid > largestOctal7) records.set("uid", String(entry.uid));
  if (entry.gid > largestOctal7) records.set("gid", String(entry.gid));
  if (ownerNameNeedsRecord(entry.userName)) records.set("uname", entry.userName);
  if (ownerNameNeedsRecord(entry.groupName)) records.set("gname", entry.groupName);
  if (clampedSeconds(entry.modifiedAt) * nanosecondsPerSecond !== entry.modifiedAt)
    records.set("mtime", formatPaxTime(entry.modifiedAt));
  return records;
}

// A PAX record is UTF-8 by definition: it says so for names beyond ASCII, and must not for names that are not.
function needsCharacterSet(name: ByteString): boolean {
  return !isAscii(name) && isUtf8Name(name);
}

function ownerNameNeedsRecord(name: ByteString): boolean {
  return name.length > ownerNameLength || needsCharacterSet(name);
}

function clampedSeconds(modifiedAt: bigint): bigint {
  const seconds = modifiedAt / nanosecondsPerSecond;
  if (modifiedAt < 0n) return 0n;
  return seconds > BigInt(largestOctal11) ? BigInt(largestOctal11) : seconds;
}

function splitName(name: ByteString): { name: ByteString; prefix: ByteString } | undefined {
  if (name.length <= nameLength) return { name, prefix: "" };
  if (name.length > prefixLength + 1 + nameLength) return undefined;
  const slash = name.indexOf("/", name.length - 1 - nameLength);
  if (slash <= 0 || slash > prefixLength || slash === name.length - 1) return undefined;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

interface HeaderBlock {
  name: ByteString;
  prefix: ByteString;
  flag: string;
  size: number;
  mode: number;
  uid: number;
  gid: number;
  userName: ByteString;
  groupName: ByteString;
  modifiedAt: bigint;
  linkName: ByteString;
}

// Offsets and lengths of the ustar header block.
function writeBlock(block: Buffer, fields: HeaderBlock): void {
  writeText(block, fields.name, 0, nameLength);
  writeOctal(block, fields.mode, 100, 7);
  writeOctal(block, fields.uid > largestOctal7 ? 0 : fields.uid, 108, 7);
  writeOctal(block, fields.gid > largestOctal7 ? 0 : fields.gid, 116, 7);
  writeSize(block, fields.size);
  writeOctal(block, Number(clampedSeconds(fields.modifiedAt)), 136, 11);
  block.write(fields.flag, 156, "latin1");
  writeText(block, fields.linkName, 157, nameLength);
  block.write("ustar\u000000", 257, "latin1");
  writeText(block, fields.userName, 265, ownerNameLength);
  writeText(block, fields.groupName, 297, ownerNameLength);
  writeText(block, fields.prefix, 345, prefixLength);
  block.write(`${headerChecksum(block).toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

function writeText(block: Buffer, text: ByteString, offset: number, limit: number): void {
  if (text !== "") block.write(text, offset, Math.min(text.length, limit), "latin1");
}

function writeOctal(block: Buffer, value: number, offset: number, digits: number): void {
  block.write(value.toString(8).padStart(digits, "0"), offset, "latin1");
}

// Beyond eleven octal digits the PAX record counts; readers that know none of it know the base-256 form.
function writeSize(block: Buffer, size: number): void {
  if (size <= largestOctal11) {
    writeOctal(block, size, 124, 11);
    return;
  }
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(size), 128);
}

/** The sum of a header block's bytes, its checksum field counted as blanks. */
export function headerChecksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < 148; index += 1) sum += block[index] ?? 0;
  for (let index = 156; index < tarBlockSize; index += 1) sum += block[index] ?? 0;
  return sum;
}
