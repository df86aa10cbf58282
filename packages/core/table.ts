import { stripVTControlCharacters } from "node:util";
import { escapeControls } from "./printable.ts";

export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  /** Figures are aligned to the right. */
  align?: "left" | "right";
}

/** Rows as aligned columns under their titles, two blanks apart; control characters in cells are made visible. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))));
  const lines = [columns.map((column) => column.title), ...cells];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), 0),
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, index) => pad(cell, index))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");

  function pad(cell: string, index: number): string {
    const width = widths[index] ?? 0;
    return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
  }
}

// Nearly all cells, of which there may be millions.
const plain = /^[ -~]*$/;

function printable(text: string): string {
  return plain.test(text) ? text : escapeControls(stripVTControlCharacters(text));
}
