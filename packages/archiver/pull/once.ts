import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import type { Remote, RemotePath } from "../remote/remote.ts";
import { noteHostFailure } from "../report/run-report.ts";
import { runAction } from "./actions.ts";
import type { HostTask, PullContext } from "./context.ts";
import type { HostContext } from "./limits.ts";
import type { HostOutcome, HostPlan } from "./outcome.ts";
import { type PullAction, planPull } from "./plan.ts";
import { applyQuota, bytesBeside } from "./quota.ts";
import { createRecords } from "./records.ts";
import { runSchedule } from "./schedule.ts";
import type { Reservation, SpaceLedger } from "./space.ts";
import { type Survey, surveyHost } from "./survey.ts";
import { noteFailed, noteSurvey, type Visit } from "./visit.ts";

/** Plans what a pull does with what was seen at a host, and tells of what is left alone. */
export async function planFrom({ host, settings }: HostTask, survey: Survey, context: PullContext): Promise<HostPlan> {
  const { vault, keepRemote, prunedAs, log } = context;
  for (const { path, reason } of survey.ignored) log.warn({ path }, `${host}: left alone: ${reason}`);
  const stored = await vault.stored(host);
  const actions = planPull({
    survey,
    stored,
    unfinishedFetches: await vault.unfinished(host),
    keepRemote,
    prunedAs: ({ application, name }) => prunedAs({ host, application, name })?.sha1,
  });
  const quota = settings.quota ?? context.quota;
  return {
    host,
    actions:
      quota === undefined
        ? actions
        : applyQuota(actions, { quota, held: (await vault.heldBytes(host)) + stored.length * bytesBeside }),
    ignored: survey.ignored,
    failures: survey.unreadable.map((error) => noteHostFailure(host, error, log)),
  };
}

export interface HostPull {
  outcome: HostOutcome;
  visit: Visit;
  context: HostContext;
  /** Called with the bytes of each chunk that has been written. */
  onBytes: (bytes: number) => void;
}

/** Pulls from a host over one connection. Rejects where it is lost, or the run is ended; what fails for one archive is noted. */
export async function pullOnce(
  task: HostTask,
  remote: Remote,
  { outcome, visit, context, onBytes }: HostPull,
): Promise<void> {
  const { host, settings } = task;
  const { progress } = context;
  const survey = await surveyHost(remote);
  noteSurvey(visit, survey);
  const { actions, ignored, failures } = await planFrom(task, survey, context);
  outcome.ignored.push(...ignored);
  outcome.failures.push(...failures);
  const failed: FailedAction[] = [];
  const fail = failOne(failed, { host, visit, log: context.log });
  const reservations = await reserveFetches(actions, { space: context.space, onRefused: fail });
  const reserved = actions.filter((action) => action.kind !== "fetch" || reservations.has(action));
  const shown = progress.begin(host, {
    bytes: reserved.reduce((bytes, action) => bytes + bytesOf(action), 0),
    parts: reservations.size,
  });
  const run = { outcome, visit, remote, records: createRecords(host, context), context, reservations };
  const { concurrency } = settings;
  const bytesAtOnce = Math.min(bytesOnTheirWay, context.bytesAhead ?? bytesOnTheirWay);
  try {
    await runSchedule(reserved, { atOnce: concurrency, bytesAtOnce, bytesOf }, async (action, came) => {
      const onProgress = (bytes: number) => {
        shown.advance(bytes);
        onBytes(bytes);
        came(bytes);
      };
      if (action.kind === "fetch") shown.describe(action.name);
      await runAction(action, { ...run, onProgress }).catch((error: unknown) => {
        if (context.signal.aborted || !isAboutOneArchive(error)) throw error;
        fail(action, error);
      });
      if (action.kind === "fetch") shown.finishPart();
    });
  } finally {
    for (const reservation of reservations.values()) reservation.release();
    sortAsPlanned(outcome, { actions, failed });
    shown.end();
  }
}

/** As much as a long line holds: small archives are begun until so many bytes are on their way. */
const bytesOnTheirWay = 16 * 1024 * 1024;

function bytesOf(action: PullAction): number {
  return action.kind === "fetch" ? action.bytes - action.resumeFrom : 0;
}

/** Sets space aside in the vault for all that is to be fetched, oldest first; what does not fit is refused. */
async function reserveFetches(
  actions: readonly PullAction[],
  { space, onRefused }: { space: SpaceLedger; onRefused: (action: PullAction, error: OperationError) => void },
): Promise<Map<PullAction, Reservation>> {
  const reservations = new Map<PullAction, Reservation>();
  for (const action of actions) {
    if (action.kind !== "fetch") continue;
    try {
      reservations.set(action, await space.reserve(bytesOf(action), action.name));
    } catch (error) {
      if (!(error instanceof OperationError) || error.code !== "vault-full") throw error;
      onRefused(action, error);
    }
  }
  return reservations;
}

/** A hostile host may hold any number of archives that fail: so many are told of one by one. */
const failuresTold = 100;

interface FailedAction {
  action: PullAction;
  failure: ReportedFailure;
}

/** Notes that one archive failed while the others go on. */
function failOne(failed: FailedAction[], { host, visit, log }: { host: string; visit: Visit; log: Logger }) {
  let isSilent = false;
  return (action: PullAction, error: OperationError) => {
    noteFailed(visit, action, error.message);
    if (failed.length < failuresTold) {
      failed.push({ action, failure: noteHostFailure(host, error, log) });
    } else if (!isSilent) {
      log.error(`${host}: archives that fail from here on are not listed`);
      isSilent = true;
    }
  };
}

// Small archives may overtake each other on their way.
function sortAsPlanned(
  { fetched, removed, failures }: HostOutcome,
  { actions, failed }: { actions: readonly PullAction[]; failed: FailedAction[] },
): void {
  const places = new Map(actions.map(({ application, name }, place) => [`${application}/${name}`, place]));
  const placeOf = ({ application, name }: RemotePath) => places.get(`${application}/${name}`) ?? -1;
  for (const list of [fetched, removed]) list.sort((one, other) => placeOf(one) - placeOf(other));
  failed.sort((one, other) => placeOf(one.action) - placeOf(other.action));
  failures.push(...failed.map(({ failure }) => failure));
}

const codesOfOneArchive = [
  "transfer-failed",
  "transfer-mismatch",
  "removal-failed",
  "access-denied",
  "vault-full",
  "quota-exceeded",
];

function isAboutOneArchive(error: unknown): error is OperationError {
  return error instanceof OperationError && codesOfOneArchive.includes(error.code);
}
