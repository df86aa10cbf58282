import type { RestoredDatabase } from "./sanity.ts";

export interface PagedQuery {
  /** As it is written in a statement. */
  table: string;
  /** A column of unique whole numbers. */
  key: string;
  /** Whether the key is a text of letters and digits instead. */
  isTextKey?: boolean | undefined;
  /** More columns, which come after the key. */
  columns: readonly string[];
  /** A condition; every row where it is absent. */
  where?: string | undefined;
}

const rowsAtOnce = 5000;

/** All rows of a long answer by their key, some at a time: the key, then the columns. */
export async function* readPages(
  database: Pick<RestoredDatabase, "query">,
  { table, key, isTextKey = false, columns, where }: PagedQuery,
): AsyncGenerator<(string | null)[]> {
  const list = [key, ...columns].join(", ");
  const condition = where === undefined ? "" : `(${where}) AND `;
  const quote = isTextKey ? "'" : "";
  const shape = isTextKey ? /^\w+$/ : /^\d+$/;
  for (let last: string | undefined = isTextKey ? "" : "-1"; last !== undefined; ) {
    const rows: (string | null)[][] = await database.query(
      `SELECT ${list} FROM ${table} WHERE ${condition}${key} > ${quote}${last}${quote} ORDER BY ${key} LIMIT ${rowsAtOnce}`,
    );
    yield* rows;
    const next = rows.length < rowsAtOnce ? null : rows.at(-1)?.[0];
    last = shape.test(next ?? "") ? (next ?? undefined) : undefined;
  }
}
