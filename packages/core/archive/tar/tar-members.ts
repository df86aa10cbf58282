import type { ByteSource } from "../input/byte-source.ts";
import { Damage } from "../input/damage.ts";
import { type ByteString, displayName, toBytes } from "./byte-string.ts";
import { decodePaxRecords, type PaxRecords, parsePaxTime } from "./pax.ts";
import { paddingSize, tarBlockSize } from "./tar-header.ts";
import { decodeHeaderBlock, type HeaderBlock } from "./tar-header-block.ts";

export interface ArchiveMember {
  /** For people: where it is not UTF-8, its other bytes as `\xNN`. No slash at the end. */
  name: string;
  rawName: Buffer;
  type: "file" | "directory" | "symlink" | "hardlink" | "other";
  /** Bytes of content. */
  size: number;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  modifiedAt: Date;
  /** Nanoseconds since 1970. */
  modifiedAtNanoseconds: bigint;
  /** What a symbolic link holds, or the member that a hard link is another name of. */
  linkName: string | undefined;
  rawLinkName: Buffer | undefined;
}

export type OnMember = (member: ArchiveMember, content: AsyncIterable<Buffer>) => Promise<void>;

/** Extended headers and long names are metadata: no honest one is larger. */
const metadataSizeLimit = 1024 * 1024;

/**
 * Reads a tar stream (POSIX ustar and PAX, GNU long names) to its end; returns how many members it has. What `onMember` does
 * not read of a content is passed over. Throws `Damage` for wrong checksums and numbers, an end that is missing or
 * followed by something.
 */
export async function readTarMembers(source: ByteSource, onMember: OnMember): Promise<number> {
  let global: PaxRecords = new Map();
  let local: PaxRecords = new Map();
  let members = 0;
  let last = "the beginning";
  while (true) {
    const offset = source.offset();
    const place = `at byte ${offset} of the tar data, after ${last},`;
    const block = await source.read(tarBlockSize);
    if (block === undefined)
      throw new Damage(`it ends at byte ${offset} of the tar data, after ${last}, without an end mark`);
    if (isZero(block)) {
      await readEnd(source, place);
      return members;
    }
    const header = decodeHeaderBlock(block);
    if (typeof header === "string") throw new Damage(`${place} ${header}`);
    if (isMetadata(header.flag)) {
      const content = await readMetadata(source, header, place);
      if (header.flag === "g") global = merge(global, decodeRecords(content, place));
      else if (header.flag === "x") local = merge(local, decodeRecords(content, place));
      else local = merge(local, new Map([[header.flag === "L" ? "path" : "linkpath", content.replace(/\0.*$/s, "")]]));
      continue;
    }
    const member = memberOf(header, merge(global, local), place);
    local = new Map();
    members += 1;
    last = member.name;
    await readContent(source, member, onMember);
  }
}

async function readContent(source: ByteSource, member: ArchiveMember, onMember: OnMember): Promise<void> {
  let left = member.size;
  const cutOff = () =>
    new Damage(
      `it ends at byte ${source.offset()} of the tar data, within ${member.name}: ${left} of ${member.size} bytes are missing`,
    );
  const content = async function* () {
    while (left > 0) {
      const piece = await source.readSome(left);
      if (piece === undefined) throw cutOff();
      left -= piece.length;
      yield piece;
    }
  };
  await onMember(member, content());
  for await (const _ of content());
  const padding = paddingSize(member.size);
  if (padding > 0 && (await source.read(padding)) === undefined) throw cutOff();
}

// Writers fill the last record up with zeros; anything else does not belong there.
async function readEnd(source: ByteSource, place: string): Promise<void> {
  const second = await source.read(tarBlockSize);
  if (second === undefined || !isZero(second)) throw new Damage(`${place} half of the end mark is missing`);
  for (
    let piece = await source.readSome(tarBlockSize * 128);
    piece !== undefined;
    piece = await source.readSome(tarBlockSize * 128)
  )
    if (!isZero(piece))
      throw new Damage(`something follows the end mark, before byte ${source.offset()} of the tar data`);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function isMetadata(flag: string): boolean {
  return flag === "x" || flag === "g" || flag === "L" || flag === "K";
}

async function readMetadata(source: ByteSource, { size }: HeaderBlock, place: string): Promise<ByteString> {
  if (size > metadataSizeLimit) throw new Damage(`${place} an extended header claims ${size} bytes`);
  const padded = size + paddingSize(size);
  const content = padded === 0 ? Buffer.alloc(0) : await source.read(padded);
  if (content === undefined) throw new Damage(`${place} an extended header is cut off`);
  return content.toString("latin1", 0, size);
}

function decodeRecords(content: ByteString, place: string): PaxRecords {
  const records = decodePaxRecords(content);
  if (records === undefined) throw new Damage(`${place} an extended header is not in PAX format`);
  return records;
}

function merge(earlier: PaxRecords, later: PaxRecords): PaxRecords {
  return new Map([...earlier, ...later]);
}

function memberOf(header: HeaderBlock, records: PaxRecords, place: string): ArchiveMember {
  const name = (records.get("path") ?? header.name).replace(/\/+$/, "");
  const linkName = records.get("linkpath") ?? header.linkName;
  const time = records.get("mtime");
  const modified = time === undefined ? BigInt(header.modifiedAt) * 1_000_000_000n : parsePaxTime(time);
  if (modified === undefined) throw new Damage(`${place} ${displayName(name)} has no valid time`);
  const number = (keyword: string, otherwise: number) => {
    const text = records.get(keyword);
    const value = text === undefined ? otherwise : Number(/^\d{1,16}$/.exec(text)?.[0]);
    if (!Number.isSafeInteger(value)) throw new Damage(`${place} ${displayName(name)} has no valid ${keyword}`);
    return value;
  };
  return {
    name: displayName(name),
    rawName: toBytes(name),
    type: typeOf(header.flag),
    size: number("size", header.size),
    mode: header.mode,
    uid: number("uid", header.uid),
    gid: number("gid", header.gid),
    modifiedAt: new Date(Number(modified / 1_000_000n)),
    modifiedAtNanoseconds: modified,
    linkName: isLink(header.flag) ? displayName(linkName) : undefined,
    rawLinkName: isLink(header.flag) ? toBytes(linkName) : undefined,
  };
}

function isLink(flag: string): boolean {
  return flag === "1" || flag === "2";
}

function typeOf(flag: string): ArchiveMember["type"] {
  switch (flag) {
    case "0":
    case "\0":
    case "7":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
      return "directory";
    default:
      return "other";
  }
}
