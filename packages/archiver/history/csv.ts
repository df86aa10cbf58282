import { escapeControls } from "@catapullt/core/printable";
import type { HistoryEntry } from "./entries.ts";

const titles = [
  "host",
  "application",
  "time",
  "bytes",
  "seconds",
  "version",
  "archive",
  "in_vault",
  "dump_bytes",
  "tree_bytes",
  "tree_files",
];

/**
 * CSV as in RFC 4180, with a header. Texts that a spreadsheet would take for a formula get an apostrophe before it; control
 * characters are made visible. Nothing stands where something is not known.
 */
export function formatCsv(entries: readonly HistoryEntry[]): string {
  return [titles, ...entries.map(cellsOf)].map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

function cellsOf(entry: HistoryEntry): string[] {
  return [
    harmless(entry.host),
    harmless(entry.application),
    entry.time,
    String(entry.bytes),
    String(entry.seconds ?? ""),
    harmless(entry.version ?? ""),
    harmless(entry.name),
    String(entry.inVault),
    String(entry.dumpBytes ?? ""),
    String(entry.treeBytes ?? ""),
    String(entry.treeFiles ?? ""),
  ];
}

// Also behind what some spreadsheets take for the end of a cell, quotes or not.
function harmless(text: string): string {
  return escapeControls(text).replace(/(^|[,;|"])(\s*)(?=[=+\-@＝＋－＠])/gu, "$1$2'");
}

function quote(cell: string): string {
  return /[",;\s']/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
