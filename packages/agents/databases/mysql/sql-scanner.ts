import { isClosingLine } from "./dump-ends.ts";
import { type QuotingRules, StatementLexer } from "./sql-lexer.ts";
import { createdObject, insertedTable, newSqlMode, type SqlObjectKind } from "./sql-statement.ts";

/** What one table has in the dump. */
export interface DumpedTable {
  /** Of the statements that create and fill it. */
  bytes: number;
  /** Undefined where the tool writes several rows on one line (MySQL's does): they are not counted. */
  rows: number | undefined;
}

export interface DumpContents {
  tables: ReadonlyMap<string, DumpedTable>;
  /** Names of all objects that the dump creates, by kind. */
  objects: Readonly<Record<SqlObjectKind, ReadonlySet<string>>>;
  /** True if the tool's closing line is the last thing in the dump. */
  isClosed: boolean;
}

export interface SqlScanner {
  push(chunk: Uint8Array): void;
  /** To be called once, after the last chunk. */
  end(): DumpContents;
}

/** Notes which objects the output of mysqldump or mariadb-dump creates, as it streams by. */
export function createSqlScanner(): SqlScanner {
  const tables = new Map<string, DumpedTable>();
  const objects = {
    table: new Set<string>(),
    view: new Set<string>(),
    sequence: new Set<string>(),
    trigger: new Set<string>(),
    event: new Set<string>(),
    routine: new Set<string>(),
  };
  let isClosed = false;

  const tableNamed = (name: string): DumpedTable => {
    const table = tables.get(name) ?? { bytes: 0, rows: 0 };
    tables.set(name, table);
    return table;
  };

  const lexer = new StatementLexer({
    statement({ head, isInVersionComment, bytes }) {
      isClosed = false;
      const created = createdObject(head, isInVersionComment);
      if (created !== undefined) objects[created.kind].add(created.name);
      if (created?.kind === "table") tableNamed(created.name).bytes += bytes;
      followSqlMode(lexer.quoting, head);
    },
    insert({ head, bytes, rows }) {
      isClosed = false;
      const name = insertedTable(head);
      if (name === undefined) return;
      const table = tableNamed(name);
      table.bytes += bytes;
      table.rows = table.rows === undefined || rows === undefined ? undefined : table.rows + rows;
    },
    comment(line) {
      isClosed = isClosingLine(line);
    },
  });

  return {
    push: (chunk) => lexer.push(chunk),
    end() {
      lexer.end();
      return { tables, objects, isClosed: isClosed && !lexer.isOpen };
    },
  };
}

/** Changes how strings are read where a statement sets the `sql_mode` of those that follow. */
export function followSqlMode(quoting: QuotingRules, head: string): void {
  const mode = newSqlMode(head);
  if (mode === undefined) return;
  quoting.escapesInStrings = !mode.includes("NO_BACKSLASH_ESCAPES");
  quoting.escapesInDoubleQuotes = quoting.escapesInStrings && !mode.includes("ANSI_QUOTES");
}
