import type { RestoredDatabase } from "./sanity.ts";

export interface PagedQuery {
  /** As it is written in a statement. */
  table: string;
  /** A column of unique whole numbers. */
  key: string;
  /** More columns, which come after the key. */
  columns: readonly string[];
  /** A condition; every row where it is absent. */
  where?: string | undefined;
}

const rowsAtOnce = 5000;

/** All rows of a long answer by their key, some at a time: the key, then the columns. */
export async function* readPages(
  database: Pick<RestoredDatabase, "query">,
  { table, key, columns, where }: PagedQuery,
): AsyncGenerator<(string | null)[]> {
  const list = [key, ...columns].join(", ");
  const condition = where === undefined ? "" : `(${where}) AND `;
  for (let last: string | undefined = "-1"; last !== undefined; ) {
    const rows: (string | null)[][] = await database.query(
      `SELECT ${list} FROM ${table} WHERE ${condition}${key} > ${last} ORDER BY ${key} LIMIT ${rowsAtOnce}`,
    );
    yield* rows;
    const next = rows.length < rowsAtOnce ? null : rows.at(-1)?.[0];
    last = /^\d+$/.test(next ?? "") ? (next ?? undefined) : undefined;
  }
}
