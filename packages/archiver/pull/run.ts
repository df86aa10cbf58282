import type { HostTask, PullContext } from "./context.ts";
import { planHost, pullHost } from "./host.ts";
import type { HostOutcome, HostPlan } from "./outcome.ts";

/** Plans for several hosts, `concurrency` at a time; in the order of `tasks`. */
export function planHosts(tasks: readonly HostTask[], context: PullContext, concurrency: number): Promise<HostPlan[]> {
  return eachAtOnce(tasks, concurrency, (task) => planHost(task, context));
}

/** Pulls from several hosts, `concurrency` at a time; in the order of `tasks`. One that fails does not stop the others. */
export function pullHosts(
  tasks: readonly HostTask[],
  context: PullContext,
  concurrency: number,
): Promise<HostOutcome[]> {
  return eachAtOnce(tasks, concurrency, (task) => pullHost(task, context));
}

async function eachAtOnce<Task, Result>(
  tasks: readonly Task[],
  limit: number,
  action: (task: Task) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(tasks.length);
  const queue = tasks.entries();
  const work = async () => {
    for (const [index, task] of queue) results[index] = await action(task);
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(limit, tasks.length) }, work));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return results;
}
