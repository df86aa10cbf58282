import { writeSync } from "node:fs";
import { hasErrorCode } from "../errors.ts";
import { escapeControls } from "../printable.ts";

/**
 * Standard error as log lines and a progress line share it. Writes are synchronous, so that the last line before an exit
 * is never lost. The progress line is redrawn after each log line and exists on terminals only.
 */
export interface Terminal {
  isInteractive: boolean;
  write(text: string): void;
  /** Shows a line that replaces itself, cut to the terminal's width; an empty text takes it away. Nothing happens where it is no terminal. */
  showProgress(line: string): void;
}

const clearLine = "\r\u001b[2K";
const standardError = 2;

export function createTerminal(
  isInteractive: boolean,
  writeBytes = writeToStandardError,
  columns = () => process.stderr.columns || 80, // 0 where the terminal does not tell
): Terminal {
  let progress = "";
  return {
    isInteractive,
    write(text) {
      writeBytes(progress === "" ? text : `${clearLine}${text}${progress}`);
    },
    showProgress(text) {
      const line = escapeControls(text).slice(0, columns() - 1);
      if (!isInteractive || line === progress) return;
      progress = line;
      writeBytes(`${clearLine}${line}`);
    },
  };
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
