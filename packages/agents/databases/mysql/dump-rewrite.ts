import { StatementLexer } from "./sql-lexer.ts";
import { followSqlMode } from "./sql-scanner.ts";

const sandboxLine = /^((?:(?:--[^\n]*|[ \t\r]*)\n)*)\/\*M?!999999\\- enable the sandbox mode \*\/ ?\r?(?:\n|$)/;
const longestPreamble = 4096;

/**
 * Leaves out the line by which newer dump tools of MariaDB put the client into its sandbox mode: every other client stops at it
 * (`Unknown command '\-'`). What it guards against, commands of the client in a dump, `--binary-mode` refuses in all of them.
 */
export async function* withoutSandboxLine(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let preamble: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (preamble === undefined) {
      yield chunk;
      continue;
    }
    preamble = Buffer.concat([preamble, chunk]);
    if (preamble.length < longestPreamble) continue;
    yield cutSandboxLine(preamble);
    preamble = undefined;
  }
  if (preamble !== undefined) yield cutSandboxLine(preamble);
}

function cutSandboxLine(preamble: Buffer): Buffer {
  const match = sandboxLine.exec(preamble.toString("latin1", 0, longestPreamble));
  if (match === null) return preamble;
  const kept = match[1]?.length ?? 0;
  return Buffer.concat([preamble.subarray(0, kept), preamble.subarray(match[0].length)]);
}

const identifier = "(?:`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|[^\\s`\"'().;@*/]+)";
const openComment = "(?:\\/\\*M?!\\d*\\s*)?";
const closeComment = "(?:\\*\\/\\s*)?";
const definerClause = new RegExp(
  `^(${openComment}CREATE\\s*${closeComment}(?:OR\\s+REPLACE\\s+)?(?:ALGORITHM\\s*=\\s*\\w+\\s*)?${closeComment}${openComment})` +
    `DEFINER\\s*=\\s*${identifier}(?:\\s*@\\s*${identifier})?[ \\t]*`,
  "i",
);
const longestClause = 4096;

interface Cut {
  from: number;
  to: number;
}

/**
 * Takes `DEFINER=…` out of the statements that create triggers, routines, events and views, and out of nothing else: neither
 * data nor the bodies of routines are touched. What is created then belongs to who loads the dump.
 */
export async function* withoutDefiners(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = createHeldBytes();
  let cuts: Cut[] = [];
  const lexer = new StatementLexer({
    statement({ head, start, bytes }) {
      followSqlMode(lexer.quoting, head);
      if (!/^CREATE\b/i.test(head)) return;
      const text = held.slice(start, start + Math.min(bytes, longestClause)).toString("latin1");
      const clause = definerClause.exec(text);
      if (clause !== null) cuts.push({ from: start + (clause[1]?.length ?? 0), to: start + clause[0].length });
    },
    insert() {},
    comment() {},
  });
  const release = (until: number) => {
    const pieces = cuts.flatMap(({ from, to }) => {
      const before = held.take(from);
      held.take(to);
      return before;
    });
    cuts = [];
    return [...pieces, ...held.take(until)];
  };
  for await (const chunk of source) {
    held.add(chunk);
    lexer.push(chunk);
    yield* release(lexer.undecidedFrom);
  }
  lexer.end();
  yield* release(Number.POSITIVE_INFINITY);
}

/** Bytes of a stream that are not passed on yet, by their position in it. */
function createHeldBytes() {
  let chunks: Buffer[] = [];
  let start = 0;
  const slice = (from: number, to: number) => {
    if (chunks.length > 1) chunks = [Buffer.concat(chunks)];
    const [all = Buffer.alloc(0)] = chunks;
    return all.subarray(Math.max(0, from - start), Math.max(0, to - start));
  };
  return {
    slice,
    add(chunk: Uint8Array) {
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    },
    /** Everything before a position, which is held no longer. */
    take(until: number): Buffer[] {
      const taken: Buffer[] = [];
      for (let first = chunks[0]; first !== undefined && start < until; first = chunks[0]) {
        const piece = first.subarray(0, until - start);
        if (piece.length === first.length) chunks.shift();
        else chunks[0] = first.subarray(piece.length);
        start += piece.length;
        if (piece.length > 0) taken.push(piece);
      }
      return taken;
    },
  };
}
