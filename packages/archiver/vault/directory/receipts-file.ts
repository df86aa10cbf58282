import { open } from "node:fs/promises";
import type { Receipt } from "../receipt.ts";
import { fileMode } from "./layout.ts";

const lineFeed = 0x0a;

/** Adds a line to a file of JSON Lines; durable when it returns. A line that a crash has cut off is ended first. */
export async function appendReceipt(path: string, receipt: Receipt): Promise<void> {
  const handle = await open(path, "a+", fileMode);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const start = size > 0 && last[0] !== lineFeed ? "\n" : "";
    await handle.appendFile(`${start}${JSON.stringify(receipt)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
