/** What the lexer tells of the SQL that streams by. */
export interface LexerSink {
  /**
   * A statement ended; `head` holds its first bytes without comments, `bytes` is its length with the delimiter, and `start`
   * its position in the dump.
   */
  statement(statement: { head: string; isInVersionComment: boolean; bytes: number; start: number }): void;
  /** An INSERT ended; `rows` is undefined where several rows stand on one line. */
  insert(insert: { head: string; bytes: number; rows: number | undefined }): void;
  /** A comment line between two statements. */
  comment(line: string): void;
}

/** How strings are read: it follows the `sql_mode` that the dump sets. */
export interface QuotingRules {
  escapesInStrings: boolean;
  escapesInDoubleQuotes: boolean;
}

type Place = "between" | "statement" | "quoted" | "rows" | "comment" | "line-comment" | "top-line";

const code = {
  lineFeed: 0x0a,
  doubleQuote: 0x22,
  hash: 0x23,
  quote: 0x27,
  star: 0x2a,
  minus: 0x2d,
  slash: 0x2f,
  semicolon: 0x3b,
  backslash: 0x5c,
  backtick: 0x60,
} as const;

const longestHead = 4096;
const lookAhead = 16;
const valuesKeyword = Buffer.from("VALUES");

/**
 * Splits the output of mysqldump or mariadb-dump into statements as it streams by, whatever the chunks. It follows
 * quotes, comments and DELIMITER as the command-line clients do, so that nothing in data or in a routine's body is taken
 * for SQL of the dump. The rows of an INSERT are passed over line by line: the tools escape line feeds in them.
 */
export class StatementLexer {
  readonly quoting: QuotingRules = { escapesInStrings: true, escapesInDoubleQuotes: true };
  private readonly sink: LexerSink;
  private place: Place = "between";
  private carried: Buffer = Buffer.alloc(0);
  /** Position of the current buffer in the dump. */
  private offset = 0;
  private statementStart = 0;
  private delimiter: Buffer = Buffer.from(";");
  private readonly head = Buffer.alloc(longestHead);
  private headLength = 0;
  private line = "";
  private quote = 0;
  private openVersionComments = 0;
  private isInVersionComment = false;
  private isInsert = false;
  private matchedOfValues = 0;
  private lineFeeds = 0;
  private rowsStandOnLines: boolean | undefined;
  private lastByte = 0;

  constructor(sink: LexerSink) {
    this.sink = sink;
  }

  push(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = this.carried.length === 0 ? fresh : Buffer.concat([this.carried, fresh]);
    const consumed = this.scan(bytes, bytes.length - lookAhead);
    this.offset += consumed;
    this.carried = Buffer.from(bytes.subarray(consumed));
  }

  end(): void {
    this.scan(this.carried, this.carried.length);
    if (this.place === "top-line") this.endTopLine();
  }

  /** The position in the dump from which on bytes belong to a statement whose end is not known yet, other than an INSERT's rows. */
  get undecidedFrom(): number {
    const isDecided = this.place === "between" || this.place === "rows" || this.place === "top-line";
    return isDecided ? this.offset : this.statementStart;
  }

  /** True if the dump stopped inside a statement. */
  get isOpen(): boolean {
    return this.place !== "between";
  }

  private scan(bytes: Buffer, limit: number): number {
    let at = 0;
    while (at < limit) at = this.step(bytes, at, limit);
    return Math.min(at, bytes.length);
  }

  private step(bytes: Buffer, at: number, limit: number): number {
    switch (this.place) {
      case "between":
        return this.scanBetween(bytes, at, limit);
      case "statement":
        return this.scanStatement(bytes, at, limit);
      case "quoted":
        return this.scanQuoted(bytes, at, limit);
      case "rows":
        return this.scanRows(bytes, at);
      case "comment":
        return this.scanComment(bytes, at);
      case "line-comment":
        return this.scanLineComment(bytes, at);
      case "top-line":
        return this.scanTopLine(bytes, at);
    }
  }

  private scanBetween(bytes: Buffer, from: number, limit: number): number {
    let at = from;
    while (at < limit && (bytes[at] ?? 0) <= 0x20) at += 1;
    if (at < limit) this.begin(bytes.toString("latin1", at, at + lookAhead), this.offset + at);
    return at;
  }

  private begin(start: string, position: number): void {
    if (/^(--|#|DELIMITER\s|\/\*M?!999999\\-)/i.test(start)) {
      this.place = "top-line";
      this.line = "";
      return;
    }
    this.place = "statement";
    this.statementStart = position;
    this.headLength = 0;
    this.openVersionComments = 0;
    this.isInVersionComment = /^\/\*M?!/.test(start);
    this.isInsert = /^INSERT\s/i.test(start);
    this.matchedOfValues = 0;
  }

  private scanStatement(bytes: Buffer, from: number, limit: number): number {
    const first = this.delimiter[0];
    for (let at = from; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === first && startsWith(bytes, at, this.delimiter)) return this.endStatement(at + this.delimiter.length);
      switch (byte) {
        case code.quote:
        case code.doubleQuote:
        case code.backtick:
          this.addToHead(byte);
          this.quote = byte;
          this.place = "quoted";
          return at + 1;
        case code.minus:
        case code.hash:
          if (byte === code.minus && !(bytes[at + 1] === code.minus && (bytes[at + 2] ?? 0) <= 0x20)) break;
          this.place = "line-comment";
          return at + 1;
        case code.slash:
          if (bytes[at + 1] !== code.star) break;
          return this.openComment(bytes, at);
        case code.star:
          if (bytes[at + 1] !== code.slash || this.openVersionComments === 0) break;
          this.openVersionComments -= 1;
          this.addToHead(0x20);
          return at + 2;
      }
      this.addToHead(byte);
      if (this.isInsert && this.matchesValues(byte)) return at + 1;
    }
    return limit;
  }

  private openComment(bytes: Buffer, at: number): number {
    this.addToHead(0x20);
    const version = /^\/\*M?!\d*/.exec(bytes.toString("latin1", at, at + lookAhead));
    if (version !== null) {
      this.openVersionComments += 1;
      return at + version[0].length;
    }
    this.place = "comment";
    return at + 2;
  }

  private matchesValues(byte: number): boolean {
    this.matchedOfValues = byte === valuesKeyword[this.matchedOfValues] ? this.matchedOfValues + 1 : 0;
    if (this.matchedOfValues < valuesKeyword.length) return false;
    this.place = "rows";
    this.lineFeeds = 0;
    this.lastByte = 0;
    this.rowsStandOnLines = undefined;
    return true;
  }

  private endStatement(end: number): number {
    this.place = "between";
    this.sink.statement({
      head: this.headText(),
      isInVersionComment: this.isInVersionComment,
      bytes: this.offset + end - this.statementStart,
      start: this.statementStart,
    });
    return end;
  }

  private scanQuoted(bytes: Buffer, from: number, limit: number): number {
    const { escapesInStrings, escapesInDoubleQuotes } = this.quoting;
    const hasEscapes =
      this.quote === code.quote ? escapesInStrings : this.quote === code.doubleQuote && escapesInDoubleQuotes;
    let at = from;
    for (; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      this.addToHead(byte);
      if (byte === this.quote) {
        this.place = "statement";
        return at + 1;
      }
      if (byte === code.backslash && hasEscapes) at += 1;
    }
    return at;
  }

  private scanRows(bytes: Buffer, from: number): number {
    this.rowsStandOnLines ??= bytes[from] === code.lineFeed;
    for (let at = from; ; ) {
      const end = bytes.indexOf(code.lineFeed, at);
      if (end === -1) {
        this.lastByte = bytes[bytes.length - 1] ?? 0;
        return bytes.length;
      }
      this.lineFeeds += 1;
      const before = end > from ? bytes[end - 1] : this.lastByte;
      at = end + 1;
      if (before === code.semicolon) return this.endInsert(at);
    }
  }

  private endInsert(end: number): number {
    this.place = "between";
    this.sink.insert({
      head: this.headText(),
      bytes: this.offset + end - this.statementStart,
      rows: this.rowsStandOnLines === true ? this.lineFeeds - 1 : undefined,
    });
    return end;
  }

  private scanComment(bytes: Buffer, from: number): number {
    const end = bytes.indexOf("*/", from);
    if (end === -1) return Math.max(from + 1, bytes.length - 1);
    this.place = "statement";
    return end + 2;
  }

  private scanLineComment(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(code.lineFeed, from);
    if (end === -1) return bytes.length;
    this.place = "statement";
    return end;
  }

  private scanTopLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(code.lineFeed, from);
    const until = end === -1 ? bytes.length : end;
    if (this.line.length < longestHead)
      this.line += bytes.toString("latin1", from, Math.min(until, from + longestHead));
    if (end === -1) return until;
    this.endTopLine();
    return end + 1;
  }

  private endTopLine(): void {
    this.place = "between";
    const command = /^DELIMITER\s+(\S+)/i.exec(this.line);
    if (command?.[1] !== undefined) this.delimiter = Buffer.from(command[1], "latin1");
    else this.sink.comment(this.line.trimEnd());
  }

  private addToHead(byte: number): void {
    if (this.headLength < longestHead) this.head[this.headLength++] = byte;
  }

  private headText(): string {
    return this.head.toString("utf8", 0, this.headLength).trim();
  }
}

function startsWith(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let index = 1; index < wanted.length; index += 1) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}
