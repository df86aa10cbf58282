import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "./atomic-file.ts";

const lineFeed = 0x0a;

/**
 * Adds a value as a line to a file of JSON Lines, which is made where there is none; durable when it returns. A line that a
 * crash has cut off is ended first. Errors are the system's own.
 */
export async function appendJsonLine(path: string, value: unknown, mode: number): Promise<void> {
  const handle = await open(path, "a+", mode);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const start = size > 0 && last[0] !== lineFeed ? "\n" : "";
    await handle.appendFile(`${start}${JSON.stringify(value)}\n`);
    await handle.sync();
    if (size === 0) await syncDirectory(dirname(path));
  } finally {
    await handle.close();
  }
}
