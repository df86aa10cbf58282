/** Bytes as they come: a reader that needs more yields, and is given the next piece. */
export interface HeadInput {
  piece: Uint8Array;
  at: number;
}

type Reading<T> = Generator<undefined, T, Uint8Array>;

const magic = "PGDMP";
const customFormat = 1;
// The formats of pg_dump from 9.0 on; `K_VERS_…` in pg_backup_archiver.h.
const oldestVersion = 12;
const newestVersion = 16;
const fieldsOfTime = 7;

/**
 * Reads the head of an archive in the custom format: header and table of contents, up to the first block of data
 * (`ReadHead` and `ReadToc` in pg_backup_archiver.c). True if what follows are blocks that are not compressed, with
 * integers of one byte for the sign and four for the value, the lowest first.
 */
export function* readArchiveHead(input: HeadInput): Reading<boolean> {
  if (Buffer.from(yield* take(input, magic.length)).toString("latin1") !== magic) return false;
  const [major, minor = 0, , integerBytes, offsetBytes = 0, format] = yield* take(input, 6);
  if (major !== 1 || minor < oldestVersion || minor > newestVersion) return false;
  if (integerBytes !== 4 || format !== customFormat) return false;
  const compression = minor >= 15 ? (yield* take(input, 1))[0] : yield* readInteger(input);
  if (compression !== 0) return false;
  for (let field = 0; field < fieldsOfTime; field += 1) yield* readInteger(input);
  for (let text = 0; text < 3; text += 1) yield* skipText(input);
  const entries = yield* readInteger(input);
  for (let entry = 0; entry < entries; entry += 1) yield* skipEntry(input, { minor, offsetBytes });
  return true;
}

function* skipEntry(
  input: HeadInput,
  { minor, offsetBytes }: { minor: number; offsetBytes: number },
): Reading<undefined> {
  yield* readInteger(input); // its number
  yield* readInteger(input); // whether it has data
  for (let text = 0; text < 4; text += 1) yield* skipText(input); // OIDs, tag, kind
  yield* readInteger(input); // section
  for (let text = 0; text < 5; text += 1) yield* skipText(input); // statements, schema, tablespace
  if (minor >= 14) yield* skipText(input); // table access method
  if (minor >= 16) yield* readInteger(input); // kind of relation
  for (let text = 0; text < 2; text += 1) yield* skipText(input); // owner, OIDs of rows
  while ((yield* skipText(input)) !== undefined); // dependencies, up to one that is none
  yield* skip(input, 1 + offsetBytes);
}

function* readInteger(input: HeadInput): Reading<number> {
  const [sign = 0, a = 0, b = 0, c = 0, d = 0] = yield* take(input, 5);
  const value = a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  return sign === 0 ? value : -value;
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
