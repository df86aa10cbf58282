/** Bytes as they come: a reader that needs more yields, and is given the next piece. */
export interface HeadInput {
  piece: Uint8Array;
  at: number;
}

/** What the table of contents says of one entry; empty where it has none of it. */
export interface HeadEntry {
  tag: string;
  /** Such as `TABLE`, `DATABASE PROPERTIES`, `ACL`. */
  kind: string;
  definition: string;
  owner: string;
}

export interface ArchiveHead {
  entries: HeadEntry[];
  /** True if what follows are blocks that are not compressed. */
  isPlain: boolean;
}

type Reading<T> = Generator<undefined, T, Uint8Array>;

/** How an archive of pg_dump's begins. */
export const archiveMagic = "PGDMP";
const customFormat = 1;
// The formats of pg_dump from 9.0 on; `K_VERS_…` in pg_backup_archiver.h.
const oldestVersion = 12;
const newestVersion = 16;
const fieldsOfTime = 7;

/**
 * Reads the head of an archive in the custom format: header and table of contents, up to the first block of data
 * (`ReadHead` and `ReadToc` in pg_backup_archiver.c), with integers of one byte for the sign and four for the value, the
 * lowest first. Undefined where it is not such a head.
 */
export function* readArchiveHead(input: HeadInput): Reading<ArchiveHead | undefined> {
  if (Buffer.from(yield* take(input, archiveMagic.length)).toString("latin1") !== archiveMagic) return undefined;
  const [major, minor = 0, , integerBytes, offsetBytes = 0, format] = yield* take(input, 6);
  if (major !== 1 || minor < oldestVersion || minor > newestVersion) return undefined;
  if (integerBytes !== 4 || format !== customFormat) return undefined;
  const compression = minor >= 15 ? (yield* take(input, 1))[0] : yield* readInteger(input);
  for (let field = 0; field < fieldsOfTime; field += 1) yield* readInteger(input);
  for (let text = 0; text < 3; text += 1) yield* skipText(input);
  const count = yield* readInteger(input);
  const entries: HeadEntry[] = [];
  while (entries.length < count) entries.push(yield* readEntry(input, { minor, offsetBytes }));
  return { entries, isPlain: compression === 0 };
}

function* readEntry(
  input: HeadInput,
  { minor, offsetBytes }: { minor: number; offsetBytes: number },
): Reading<HeadEntry> {
  yield* readInteger(input); // its number
  yield* readInteger(input); // whether it has data
  for (let text = 0; text < 2; text += 1) yield* skipText(input); // OIDs
  const tag = yield* readText(input);
  const kind = yield* readText(input);
  yield* readInteger(input); // section
  const definition = yield* readText(input);
  for (let text = 0; text < 4; text += 1) yield* skipText(input); // other statements, schema, tablespace
  if (minor >= 14) yield* skipText(input); // table access method
  if (minor >= 16) yield* readInteger(input); // kind of relation
  const owner = yield* readText(input);
  yield* skipText(input); // OIDs of rows
  while ((yield* skipText(input)) !== undefined); // dependencies, up to one that is none
  yield* skip(input, 1 + offsetBytes);
  return { tag, kind, definition, owner };
}

function* readInteger(input: HeadInput): Reading<number> {
  const [sign = 0, a = 0, b = 0, c = 0, d = 0] = yield* take(input, 5);
  const value = a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  return sign === 0 ? value : -value;
}

/** Empty also for a text that is not there. */
function* readText(input: HeadInput): Reading<string> {
  const length = yield* readInteger(input);
  return length <= 0 ? "" : Buffer.from(yield* take(input, length)).toString();
}

/** Undefined for a text that is not there. */
function* skipText(input: HeadInput): Reading<number | undefined> {
  const length = yield* readInteger(input);
  if (length < 0) return undefined;
  yield* skip(input, length);
  return length;
}

function* take(input: HeadInput, length: number): Reading<Uint8Array> {
  const end = input.at + length;
  if (end <= input.piece.length) {
    const taken = input.piece.subarray(input.at, end);
    input.at = end;
    return taken;
  }
  const taken = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    if (input.at === input.piece.length) yield* nextPiece(input);
    const part = input.piece.subarray(input.at, input.at + length - filled);
    taken.set(part, filled);
    filled += part.length;
    input.at += part.length;
  }
  return taken;
}

function* skip(input: HeadInput, length: number): Reading<undefined> {
  let left = length;
  while (left > 0) {
    if (input.at === input.piece.length) yield* nextPiece(input);
    const part = Math.min(left, input.piece.length - input.at);
    left -= part;
    input.at += part;
  }
}

function* nextPiece(input: HeadInput): Reading<undefined> {
  input.piece = yield;
  input.at = 0;
}
