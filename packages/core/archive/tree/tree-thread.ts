import { Worker } from "node:worker_threads";
import { OperationError } from "../../errors.ts";
import type { RingMemory } from "../output/block-ring.ts";
import { describeCurrentUser } from "../output/current-user.ts";
import type { FailureScope } from "../output/failure-scope.ts";
import { compilePatterns } from "./glob.ts";
import type { TreeOutcome, TreeRequest, TreeSummary } from "./tree-request.ts";
import type { TreeWorkerMessage } from "./tree-worker.ts";

export interface TreeThreadOptions {
  memory: RingMemory;
  scope: FailureScope;
  /** A block is filled. */
  onBlock: (slot: number, length: number) => void;
}

/** Reads a tree in a thread of its own. Throws `files-unreadable` with what could not be read, `config-invalid` for bad patterns. */
export async function readTreeInThread(request: TreeRequest, options: TreeThreadOptions): Promise<TreeSummary> {
  compilePatterns([...request.include, ...request.exclude]);
  const { summary, unreadable, unreadableCount } = await runThread(request, options);
  if (unreadableCount === 0) return summary;
  const lines = unreadable.map(({ path, reason }) => `${path}: ${reason}`);
  if (unreadableCount > lines.length) lines.push(`and ${unreadableCount - lines.length} more`);
  const what = unreadableCount === 1 ? "1 path" : `${unreadableCount} paths`;
  throw new OperationError("files-unreadable", `${what} in ${request.root} cannot be read:\n${lines.join("\n")}`, {
    hint: `give ${describeCurrentUser()} read permission or run the backup as root; what need not be saved can be left out by \`files.exclude\``,
  });
}

function runThread(request: TreeRequest, { memory, scope, onBlock }: TreeThreadOptions): Promise<TreeOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./tree-worker.ts", import.meta.url), { workerData: { request, memory } });
    const settle = (end: () => void) => {
      forget();
      end();
      void worker.terminate();
    };
    const forget = scope.onFailure((reason) => {
      reject(reason);
      void worker.terminate();
    });
    worker.on("message", (message: TreeWorkerMessage) => {
      if ("outcome" in message) settle(() => resolve(message.outcome));
      else onBlock(message.slot, message.length);
    });
    worker.on("error", (error) => settle(() => reject(error)));
    worker.on("exit", (code) => settle(() => reject(new Error(`the thread that reads files ended with code ${code}`))));
  });
}
