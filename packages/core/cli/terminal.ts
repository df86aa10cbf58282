import { writeSync } from "node:fs";
import { hasErrorCode } from "../errors.ts";
import { escapeControls } from "../printable.ts";

/**
 * Standard error as log lines and lines of progress share it. Writes are synchronous, so that the last line before an exit
 * is never lost. Lines of progress are redrawn below each log line and exist on terminals only.
 */
export interface Terminal {
  isInteractive: boolean;
  size(): TerminalSize;
  write(text: string): void;
  /** Shows lines that replace those before, cut to the terminal's width; none takes them away. Nothing happens where it is no terminal. */
  showProgress(lines: readonly string[]): void;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

const standardError = 2;

export function createTerminal(
  isInteractive: boolean,
  writeBytes = writeToStandardError,
  size = standardErrorSize,
): Terminal {
  let shown: readonly string[] = [];
  return {
    isInteractive,
    size,
    write(text) {
      writeBytes(`${takeAway(shown, size().columns)}${text}${shown.join("\n")}`);
    },
    showProgress(lines) {
      if (!isInteractive) return;
      const { columns } = size();
      const cut = lines.map((line) => escapeControls(line).slice(0, columns - 1));
      if (cut.join("\n") === shown.join("\n")) return;
      writeBytes(`${takeAway(shown, columns)}${cut.join("\n")}`);
      shown = cut;
    },
  };
}

/** Goes to where the first line begins, and clears all below. In a window that became narrower, a line takes several rows. */
function takeAway(lines: readonly string[], columns: number): string {
  if (lines.length === 0) return "";
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
  return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ""}\u001b[J`;
}

function standardErrorSize(): TerminalSize {
  const { columns, rows } = process.stderr;
  return { columns: columns || 80, rows: rows || 24 }; // 0 where the terminal does not tell
}

function writeToStandardError(text: string): void {
  const bytes = Buffer.from(text);
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(standardError, bytes, offset);
    } catch (error) {
      if (hasErrorCode(error, "EPIPE", "EIO", "ENOSPC")) return; // nobody reads it any more; the work goes on
      if (!hasErrorCode(error, "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
