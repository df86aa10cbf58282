import { setTimeout as delay } from "node:timers/promises";
import { OperationError } from "@catapullt/core/errors";
import { formatDuration } from "@catapullt/core/units";
import type { HostConfig } from "../config/schema.ts";
import { openRemote } from "../remote/open.ts";
import type { Remote } from "../remote/remote.ts";
import { describeFailure, noteHostFailure } from "../report/run-report.ts";
import { runAction } from "./actions.ts";
import type { HostTask, PullContext } from "./context.ts";
import { emptyOutcome, type HostOutcome, type HostPlan } from "./outcome.ts";
import { planPull } from "./plan.ts";
import { createRecords } from "./records.ts";
import { type Survey, surveyHost } from "./survey.ts";
import { beginVisit, noteFailed, noteSurvey, noteVisit, type Visit } from "./visit.ts";

/** Looks at a host and plans what a pull would do. Changes nothing. Rejects only when the run is ended. */
export async function planHost({ host, settings }: HostTask, context: PullContext): Promise<HostPlan> {
  const plan: HostPlan = { host, actions: [], ignored: [], failures: [] };
  try {
    await withRemote(settings, context, async (remote) => {
      const survey = await surveyHost(remote);
      Object.assign(plan, await planFrom(host, survey, context));
    });
  } catch (error) {
    plan.failures.push(hostFailure(host, error, context));
  }
  return plan;
}

/** Pulls from one host and notes what was seen there. Rejects only when the run is ended. */
export async function pullHost(task: HostTask, context: PullContext): Promise<HostOutcome> {
  const { vault, log } = context;
  const { host } = task;
  const visit = beginVisit();
  try {
    const outcome = await pullFrom(task, visit, context);
    await noteVisit(host, { visit, failure: outcome.failures[0] ?? null, vault, log });
    return outcome;
  } catch (error) {
    await noteVisit(host, { visit, failure: describeFailure(error), vault, log });
    throw error;
  }
}

// Connects anew where the connection is lost.
async function pullFrom({ host, settings }: HostTask, visit: Visit, context: PullContext): Promise<HostOutcome> {
  const { log, signal, retries, retryDelay, vault } = context;
  const outcome = emptyOutcome(host);
  for (let attempt = 0; ; attempt += 1) {
    Object.assign(outcome, { skipped: [], ignored: [], failures: [] });
    try {
      for (const { name } of await vault.recover(host, signal))
        log.info(`${host}: finished ${name}, which an earlier run had fetched`);
      await withRemote(settings, context, (remote) => pullOnce(outcome, remote, { visit, context }));
      return outcome;
    } catch (error) {
      if (attempt < retries && error instanceof OperationError && error.code === "connection-lost" && !signal.aborted) {
        log.warn(
          `${host}: ${error.message}; connecting again in ${formatDuration(retryDelay)} (${attempt + 1} of ${retries})`,
        );
        await delay(retryDelay, undefined, { signal }).catch(() => signal.throwIfAborted());
        continue;
      }
      outcome.failures.push(hostFailure(host, error, context));
      return outcome;
    }
  }
}

async function withRemote<Result>(
  settings: HostConfig,
  { environment, signal }: PullContext,
  use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const remote = await openRemote(settings, { environment, signal });
  try {
    return await use(remote);
  } finally {
    await remote.close();
  }
}

async function planFrom(host: string, survey: Survey, context: PullContext): Promise<HostPlan> {
  const { vault, keepRemote, prunedAs, log } = context;
  for (const { path, reason } of survey.ignored) log.warn({ path }, `${host}: left alone: ${reason}`);
  const actions = planPull({
    survey,
    stored: await vault.stored(host),
    unfinishedFetches: await vault.unfinished(host),
    keepRemote,
    prunedAs: ({ application, name }) => prunedAs({ host, application, name })?.sha1,
  });
  return {
    host,
    actions,
    ignored: survey.ignored,
    failures: survey.unreadable.map((error) => noteHostFailure(host, error, log)),
  };
}

async function pullOnce(
  outcome: HostOutcome,
  remote: Remote,
  { visit, context }: { visit: Visit; context: PullContext },
): Promise<void> {
  const { host } = outcome;
  const { log, progress } = context;
  const survey = await surveyHost(remote);
  noteSurvey(visit, survey);
  const { actions, ignored, failures } = await planFrom(host, survey, context);
  outcome.ignored.push(...ignored);
  outcome.failures.push(...failures);
  const expected = actions.reduce(
    (bytes, action) => bytes + (action.kind === "fetch" ? action.bytes - action.resumeFrom : 0),
    0,
  );
  const task = progress.begin(host, expected);
  const run = {
    outcome,
    visit,
    remote,
    records: createRecords(host, context),
    context,
    onProgress: task.advance,
  };
  try {
    for (const action of actions) {
      await runAction(action, run).catch((error: unknown) => {
        if (context.signal.aborted || !isAboutOneArchive(error)) throw error;
        outcome.failures.push(noteHostFailure(host, error, log));
        noteFailed(visit, action, error.message);
      });
    }
  } finally {
    task.end();
  }
}

const codesOfOneArchive = ["transfer-failed", "transfer-mismatch", "removal-failed", "access-denied", "vault-full"];

function isAboutOneArchive(error: unknown): error is OperationError {
  return error instanceof OperationError && codesOfOneArchive.includes(error.code);
}

function hostFailure(host: string, error: unknown, { log, signal }: PullContext) {
  signal.throwIfAborted();
  if (!(error instanceof OperationError)) throw error;
  return noteHostFailure(host, error, log);
}
