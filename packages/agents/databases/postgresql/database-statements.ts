import { quoteIdentifier } from "./quoting.ts";

// A string, a name in quotes, or a database's name. In pg_dump's strings a quote within is always two.
const token = /'(?:[^']|'')*'|(?:\b(DATABASE) )?"(?:[^"]|"")*"|\bDATABASE ([\p{L}_][\p{L}\p{N}_$]*)|;/gu;

/** Gives statements of pg_dump's about one database another database's name, however they spell it. */
export function renameInStatements(sql: string, to: string): string {
  return sql.replace(token, (text, keyword: string | undefined, plain: string | undefined) =>
    keyword === undefined && plain === undefined ? text : `DATABASE ${quoteIdentifier(to)}`,
  );
}

/** Each statement by itself, without what ends it. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let begin = 0;
  for (const { 0: text, index } of sql.matchAll(token)) {
    if (text !== ";") continue;
    statements.push(sql.slice(begin, index).trim());
    begin = index + 1;
  }
  return [...statements, sql.slice(begin).trim()].filter((statement) => statement !== "");
}

/** A `CREATE DATABASE` of pg_dump's with another name, in the server's default tablespace. */
export function createStatement(create: string, to: string): string {
  const [statement = ""] = splitStatements(create);
  return renameInStatements(statement, to).replace(/ TABLESPACE = (?:"(?:[^"]|"")*"|[^\s"]+)/, "");
}
