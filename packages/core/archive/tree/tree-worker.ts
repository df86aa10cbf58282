import { parentPort, workerData } from "node:worker_threads";
import { openBlockRing, type RingMemory } from "../output/block-ring.ts";
import { readOwnerNames } from "./owner-names.ts";
import { createRingSink } from "./tar-sink.ts";
import { readTree } from "./tree-reader.ts";
import type { TreeOutcome, TreeRequest } from "./tree-request.ts";

export interface TreeWorkerInput {
  request: TreeRequest;
  memory: RingMemory;
}

/** First every filled block, then the outcome. */
export type TreeWorkerMessage = { slot: number; length: number } | { outcome: TreeOutcome };

// The entry file of a thread: reads one tree with synchronous calls, which are by far the fastest that Node has.
const { request, memory } = workerData as TreeWorkerInput;
const post = (message: TreeWorkerMessage) => parentPort?.postMessage(message);
const sink = createRingSink(openBlockRing(memory), (slot, length) => post({ slot, length }));
const outcome = readTree(request, { sink, owners: readOwnerNames() });
sink.end();
post({ outcome });
