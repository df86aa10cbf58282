/** Columns of a terminal that a table of `formatTable` takes. */
export function tableWidth(table: string): number {
  return table.split("\n").reduce((widest, line) => Math.max(widest, line.length), 0);
}
