import { setTimeout as delay } from "node:timers/promises";
import { OperationError } from "@catapullt/core/errors";
import { formatDuration } from "@catapullt/core/units";
import type { HostConfig } from "../config/schema.ts";
import { openRemote } from "../remote/open.ts";
import type { Remote } from "../remote/remote.ts";
import { isTransient } from "../remote/transient.ts";
import { describeFailure, noteHostFailure } from "../report/run-report.ts";
import { backoff } from "./backoff.ts";
import type { HostTask, PullContext } from "./context.ts";
import { type HostContext, withinLimits } from "./limits.ts";
import { planFrom, pullOnce } from "./once.ts";
import { emptyOutcome, type HostOutcome, type HostPlan } from "./outcome.ts";
import { surveyHost } from "./survey.ts";
import { beginVisit, noteVisit, type Visit } from "./visit.ts";

/** Looks at a host and plans what a pull would do. Changes nothing. Rejects only when the run is ended. */
export async function planHost(task: HostTask, context: PullContext): Promise<HostPlan> {
  const plan: HostPlan = { host: task.host, actions: [], ignored: [], failures: [] };
  try {
    await withinLimits(task, context, (limited) =>
      withRemote(task.settings, limited, async (remote) => {
        Object.assign(plan, await planFrom(task, await surveyHost(remote), limited));
      }),
    );
  } catch (error) {
    plan.failures.push(hostFailure(task.host, error, context));
  } finally {
    context.progress.finish();
  }
  return plan;
}

/** Pulls from one host and notes what was seen there. Rejects only when the run is ended. */
export async function pullHost(task: HostTask, context: PullContext): Promise<HostOutcome> {
  const { vault, log, progress } = context;
  const { host } = task;
  const visit = beginVisit();
  const outcome = emptyOutcome(host);
  try {
    await withinLimits(task, context, (limited) => pullFrom(task, { outcome, visit, context: limited })).catch(
      (error: unknown) => void outcome.failures.push(hostFailure(host, error, context)),
    );
    await noteVisit(host, { visit, failure: outcome.failures[0] ?? null, vault, log });
    return outcome;
  } catch (error) {
    await noteVisit(host, { visit, failure: describeFailure(error), vault, log });
    throw error;
  } finally {
    progress.finish();
  }
}

/** A connection that brought so much was worth it: those before it that failed no longer count. */
const worthwhileBytes = 64 * 1024 * 1024;

// Connects anew where the connection is lost, or the host did not answer.
async function pullFrom(
  task: HostTask,
  { outcome, visit, context }: { outcome: HostOutcome; visit: Visit; context: HostContext },
): Promise<void> {
  const { host, settings } = task;
  const { log, signal, retries, retryDelay, vault } = context;
  for (let attempt = 0; ; attempt += 1) {
    Object.assign(outcome, { skipped: [], ignored: [], failures: [] });
    const doneBefore = outcome.fetched.length + outcome.removed.length;
    let came = 0;
    try {
      for (const { name } of await vault.recover(host, signal))
        log.info(`${host}: finished ${name}, which an earlier run had fetched`);
      await withRemote(settings, context, (remote) =>
        pullOnce(task, remote, {
          outcome,
          visit,
          context,
          onBytes(bytes) {
            came += bytes;
          },
        }),
      );
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (came >= worthwhileBytes || outcome.fetched.length + outcome.removed.length > doneBefore) attempt = 0;
      if (attempt >= retries || !isTransient(error)) throw error;
      const pause = backoff(retryDelay, attempt);
      log.warn(
        `${host}: ${error.message}; connecting again in ${formatDuration(pause)} (${attempt + 1} of ${retries})`,
      );
      await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

async function withRemote<Result>(
  settings: HostConfig,
  { environment, signal, bytesAhead }: HostContext,
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const remote = await openRemote(settings, { environment, signal, bytesAhead });
  try {
    return await use(remote);
  } finally {
    await remote.close();
  }
}

function hostFailure(host: string, error: unknown, { log, signal }: PullContext) {
  signal.throwIfAborted();
  if (!(error instanceof OperationError)) throw error;
  return noteHostFailure(host, error, log);
}
