import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { HostConfig } from "../config/schema.ts";
import { openRemote } from "../remote/open.ts";
import type { Remote } from "../remote/remote.ts";
import { noteHostFailure } from "../report/run-report.ts";
import type { Vault } from "../vault/vault.ts";
import { fetchArchive } from "./fetch.ts";
import { emptyOutcome, type HostOutcome, type HostPlan } from "./outcome.ts";
import { type FetchAction, type PullAction, planPull, type RemoveAction } from "./plan.ts";
import type { PullProgress } from "./progress.ts";
import { proveStored, removeAtHost } from "./remove.ts";
import type { SpaceLedger } from "./space.ts";
import { surveyHost } from "./survey.ts";

export interface HostTask {
  host: string;
  settings: HostConfig;
}

export interface PullContext {
  vault: Vault;
  space: SpaceLedger;
  progress: PullProgress;
  environment: NodeJS.ProcessEnv;
  log: Logger;
  signal: AbortSignal;
  keepRemote: boolean;
  retries: number;
  /** Milliseconds. */
  retryDelay: number;
}

/** Looks at a host and plans what a pull would do. Changes nothing. Rejects only when the run is ended. */
export async function planHost({ host, settings }: HostTask, context: PullContext): Promise<HostPlan> {
  const plan: HostPlan = { host, actions: [], ignored: [], failures: [] };
  try {
    await withRemote(settings, context, async (remote) => Object.assign(plan, await look(host, remote, context)));
  } catch (error) {
    plan.failures.push(hostFailure(host, error, context));
  }
  return plan;
}

/** Pulls from one host, connecting anew where its connection is lost. Rejects only when the run is ended. */
export async function pullHost({ host, settings }: HostTask, context: PullContext): Promise<HostOutcome> {
  const { log, signal, retries, retryDelay, vault } = context;
  const outcome = emptyOutcome(host);
  for (let attempt = 0; ; attempt += 1) {
    Object.assign(outcome, { skipped: [], ignored: [], failures: [] });
    try {
      for (const { name } of await vault.recover(host, signal))
        log.info(`${host}: finished ${name}, which an earlier run had fetched`);
      await withRemote(settings, context, (remote) => pullOnce(outcome, remote, context));
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

async function look(host: string, remote: Remote, { vault, keepRemote, log }: PullContext): Promise<HostPlan> {
  const survey = await surveyHost(remote);
  for (const { path, reason } of survey.ignored) log.warn({ path }, `${host}: left alone: ${reason}`);
  const actions = planPull({
    survey,
    stored: await vault.stored(host),
    unfinishedFetches: await vault.unfinished(host),
    keepRemote,
  });
  return {
    host,
    actions,
    ignored: survey.ignored,
    failures: survey.unreadable.map((error) => noteHostFailure(host, error, log)),
  };
}

async function pullOnce(outcome: HostOutcome, remote: Remote, context: PullContext): Promise<void> {
  const { host } = outcome;
  const { log, progress } = context;
  const { actions, ignored, failures } = await look(host, remote, context);
  outcome.ignored.push(...ignored);
  outcome.failures.push(...failures);
  const expected = actions.reduce(
    (bytes, action) => bytes + (action.kind === "fetch" ? action.bytes - action.resumeFrom : 0),
    0,
  );
  const task = progress.begin(host, expected);
  try {
    for (const action of actions) {
      await runAction(action, { outcome, remote, context, onProgress: task.advance }).catch((error: unknown) => {
        if (context.signal.aborted || !isAboutOneArchive(error)) throw error;
        outcome.failures.push(noteHostFailure(host, error, log));
      });
    }
  } finally {
    task.end();
  }
}

interface Run {
  outcome: HostOutcome;
  remote: Remote;
  context: PullContext;
  onProgress: (bytes: number) => void;
}

async function runAction(action: PullAction, run: Run): Promise<void> {
  const { outcome, context } = run;
  const { host } = outcome;
  const { application, name, reason } = action;
  context.signal.throwIfAborted();
  switch (action.kind) {
    case "fetch":
      return runFetch(action, run);
    case "remove":
      return runRemove(action, run);
    case "discard":
      context.log.info(`${host}: removing ${reason}: ${name}`);
      return context.vault.discard({ host, application, name });
    case "skip":
      context.log.debug(`${host}: left alone: ${name}: ${reason}`);
      outcome.skipped.push({ application, name, reason });
      return;
    case "refuse":
      throw new OperationError("transfer-mismatch", `${application}/${name}: ${reason}`, { hint: action.hint });
  }
}

async function runFetch(action: FetchAction, { outcome, remote, context, onProgress }: Run): Promise<void> {
  const { host } = outcome;
  const { vault, log, keepRemote } = context;
  const { application, name, bytes, sha1, modifiedAt, resumeFrom } = action;
  if (resumeFrom > 0) log.info(`${host}: going on with ${name} at ${formatBytes(resumeFrom)} of ${formatBytes(bytes)}`);
  const { transferred, seconds } = await fetchArchive(action, {
    ...context,
    host,
    remote,
    onProgress,
  });
  const id = { host, application, name };
  const version = await vault.version(id);
  const at = new Date().toISOString();
  await vault.record({
    event: "stored",
    at,
    ...id,
    bytes,
    sha1,
    source: remote.location,
    seconds: Number(seconds.toFixed(3)),
    version: version ?? null,
    verifiedAt: at,
  });
  const path = join(vault.location, host, application, name);
  const fetched = { ...id, path, bytes, sha1, version, seconds, removed: false };
  outcome.fetched.push(fetched);
  const rate = formatBytes(transferred / Math.max(seconds, 0.001));
  log.info(`${host}: fetched ${name}: ${formatBytes(transferred)} in ${formatDuration(seconds * 1000)} (${rate}/s)`);
  if (keepRemote) return;
  await removeAtHost({ application, name, bytes, sha1, archive: { bytes, modifiedAt } }, { host, remote, vault });
  fetched.removed = true;
}

async function runRemove(action: RemoveAction, { outcome, remote, context }: Run): Promise<void> {
  const { host } = outcome;
  const { vault, log, signal } = context;
  const { application, name, bytes, sha1 } = action;
  const id = { host, application, name };
  await proveStored({ ...id, sha1 }, { vault, signal });
  await recordIfMissing({ ...id, bytes, sha1, source: remote.location }, vault);
  await removeAtHost(action, { host, remote, vault });
  outcome.removed.push({ application, name });
  log.info(`${host}: removed ${name} at the host: ${action.reason}`);
}

// A run that ended right after an archive was stored has left no record of it.
async function recordIfMissing(
  facts: { host: string; application: string; name: string; bytes: number; sha1: string; source: string },
  vault: Vault,
): Promise<void> {
  const isRecorded = (await vault.receipts()).some(
    ({ event, host, name, sha1 }) =>
      event === "stored" && host === facts.host && name === facts.name && sha1 === facts.sha1,
  );
  if (isRecorded) return;
  const at = new Date().toISOString();
  const version = (await vault.version(facts)) ?? null;
  await vault.record({ event: "stored", at, ...facts, seconds: null, version, verifiedAt: at });
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
