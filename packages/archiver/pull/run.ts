import type { HostTask, PullContext } from "./context.ts";
import { eachAtOnce } from "./each-at-once.ts";
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
