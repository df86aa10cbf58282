import { once } from "node:events";
import { backup } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Examination } from "./examine-worker.ts";
import { damaged, sqliteFailure } from "./failures.ts";
import { readDatabase } from "./source.ts";

const pagesAtOnce = 1000;

/**
 * Copies a database that is in use to `target`, page by page, as it was at one moment. The read transaction keeps that
 * moment: without it every commit of the application would make the copy start over.
 */
export async function copyDatabase(file: string, target: string, signal: AbortSignal): Promise<void> {
  await readDatabase(file, signal, async (source) => {
    signal.throwIfAborted();
    await backup(source, target, { rate: pagesAtOnce, progress: () => signal.throwIfAborted() });
    signal.throwIfAborted();
  });
}

/** Checks a copy and counts its rows, in a thread of its own: both take as long as reading all of it. */
export async function examineCopy(file: string, copy: string, signal: AbortSignal): Promise<Examination> {
  const worker = new Worker(new URL("./examine-worker.ts", import.meta.url), { workerData: copy });
  try {
    const [examination] = (await once(worker, "message", { signal })) as [Examination];
    if (examination.damage.length > 0) throw damaged(file, examination.damage.join("; "));
    return examination;
  } catch (error) {
    signal.throwIfAborted();
    throw sqliteFailure(file, error);
  } finally {
    await worker.terminate();
  }
}
