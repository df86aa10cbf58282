import { setTimeout as delay } from "node:timers/promises";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { OperationError } from "@catapullt/core/errors";
import { createProgress } from "@catapullt/core/progress/progress";
import { formatDuration } from "@catapullt/core/units";
import type { SurveyedArchive } from "../pull/survey.ts";
import { openLocalRemote } from "../remote/local.ts";
import { openDepot } from "../remote/open.ts";
import type { RemotePath } from "../remote/remote.ts";
import { describeFailure, noteHostFailure } from "../report/run-report.ts";
import { runAction } from "./actions.ts";
import type { PushContext } from "./context.ts";
import { lookAtDestination } from "./destination.ts";
import { decideRemovals, refuseSamePlace, removeHere, surveyLocal } from "./local-archives.ts";
import { emptyOutcome, type PushOutcome } from "./outcome.ts";
import type { Pass } from "./pass.ts";
import { type PushAction, planPush } from "./plan.ts";
import { openRecords } from "./records.ts";
import type { LocalDecision } from "./retention.ts";

export interface PushPlan extends Pick<PushOutcome, "destination" | "ignored" | "failures"> {
  actions: PushAction[];
  /** What would stay on this host and what would go, were all archives sent. */
  removals: LocalDecision[];
}

/** Looks at both sides and plans what a push would do. Changes nothing. */
export function planOnly(context: PushContext): Promise<PushPlan> {
  return withPass(context, async (pass) => {
    const { survey, actions, depot } = pass;
    const outcome = emptyOutcome(depot.location);
    noteSurvey(pass, outcome);
    const willBeThere = new Set(
      actions.filter(({ kind }) => kind === "send" || kind === "confirm" || kind === "present").map(key),
    );
    const at = new Date().toISOString();
    const proof = ({ application, name, bytes, sidecar }: SurveyedArchive) => {
      if (!willBeThere.has(key({ application, name })) || !("sha1" in sidecar)) return undefined;
      const { sha1 } = sidecar;
      const destination = depot.location;
      return {
        event: "pushed" as const,
        at,
        destination,
        application,
        name,
        bytes,
        sha1,
        durable: true,
        seconds: null,
      };
    };
    const { destination, ignored, failures } = outcome;
    const { decisions, warning } = await decideRemovals({ survey, proof }, context);
    if (warning !== undefined) context.log.warn(warning);
    return { destination, ignored, failures, actions, removals: decisions };
  });
}

/** Sends what is to be sent, connecting anew where the connection is lost, then removes what may go here. */
export async function runPush(context: PushContext): Promise<PushOutcome> {
  const { log, signal, retries, retryDelay } = context;
  const outcome = emptyOutcome("");
  const startedAt = new Date();
  for (let attempt = 0; ; attempt += 1) {
    Object.assign(outcome, { present: [], kept: [], skipped: [], ignored: [], warnings: [], failures: [] });
    try {
      await withPass(context, (pass) => pushOnce(pass, outcome, startedAt));
      return outcome;
    } catch (error) {
      const mayHelp = error instanceof OperationError && error.code === "connection-lost";
      signal.throwIfAborted();
      if (attempt < retries && mayHelp) {
        const which = `${attempt + 1} of ${retries}`;
        log.warn(`${error.message}; connecting again in ${formatDuration(retryDelay)} (${which})`);
        await delay(retryDelay, undefined, { signal }).catch(() => signal.throwIfAborted());
        continue;
      }
      if (!(error instanceof OperationError)) throw error;
      const { code, message, hint } = error;
      log.error({ code }, hint === undefined ? message : `${message}\n${hint}`);
      outcome.failures.push(describeFailure(error));
      return outcome;
    }
  }
}

async function withPass<Result>(context: PushContext, use: (pass: Pass) => Promise<Result>): Promise<Result> {
  const { settings, environment, signal, recordsFile, again } = context;
  const local = await openLocalRemote(settings.from);
  const survey = await surveyLocal(local);
  const depot = await openDepot(settings.to, { environment, signal });
  try {
    const records = await openRecords(recordsFile, depot.location);
    const unfinished = records.unfinished();
    const counterpart = await lookAtDestination(depot, [...survey.finished, ...unfinished]);
    const actions = planPush({ survey, counterpart, pushed: records.pushed, unfinished, again });
    return await use({ context, local, depot, records, survey, actions });
  } finally {
    await depot.close();
  }
}

function noteSurvey({ survey, context: { log } }: Pass, outcome: PushOutcome): void {
  for (const { path, reason } of survey.ignored) log.warn({ path }, `left alone: ${reason}`);
  outcome.ignored.push(...survey.ignored);
  outcome.failures.push(...survey.unreadable.map((error) => noteHostFailure("this host", error, log)));
}

async function pushOnce(pass: Pass, outcome: PushOutcome, startedAt: Date): Promise<void> {
  const { context, actions, depot, records } = pass;
  outcome.destination = depot.location;
  noteSurvey(pass, outcome);
  const expected = actions.reduce((bytes, action) => bytes + bytesToMove(action), 0);
  const progress = createProgress(context.terminal, expected);
  const proven = new Set<string>();
  try {
    for (const action of actions) {
      context.signal.throwIfAborted();
      progress.describe(action.name);
      await noteFailure({ pass, outcome, subject: action.application }, async () => {
        if (await runAction(action, { pass, outcome, onProgress: progress.advance })) proven.add(key(action));
      });
    }
  } finally {
    progress.end();
  }
  // A server that cannot be asked to write to its disk gets the time until the next run for it.
  await removeOld(pass, outcome, (archive) => {
    const { sidecar } = archive;
    if (!proven.has(key(archive)) || !("sha1" in sidecar)) return undefined;
    const record = records.pushed({ ...archive, sha1: sidecar.sha1 });
    return record !== undefined && (record.durable || new Date(record.at) < startedAt) ? record : undefined;
  });
}

function bytesToMove(action: PushAction): number {
  if (action.kind === "send") return action.bytes - action.resumeFrom;
  return action.kind === "confirm" ? action.bytes : 0;
}

async function removeOld(
  pass: Pass,
  outcome: PushOutcome,
  proof: Parameters<typeof decideRemovals>[0]["proof"],
): Promise<void> {
  const { survey, context, local, depot, records } = pass;
  const { decisions, warning } = await decideRemovals({ survey, proof }, context);
  if (warning !== undefined) {
    context.log.warn(warning);
    outcome.warnings.push(warning);
  }
  if (warning === undefined && !context.keepLocal) await removeOrphans(pass, outcome);
  for (const { archive, action, reasons } of decisions) {
    const { application, name } = archive;
    const record = proof(archive);
    if (action === "keep" || record === undefined) {
      outcome.kept.push({ application, name, reasons });
      continue;
    }
    context.signal.throwIfAborted();
    await noteFailure({ pass, outcome, subject: application }, async () => {
      await refuseSamePlace(application, { from: context.settings.from, depot });
      await removeHere(archive, record, { local, records });
      outcome.removed.push({ application, name, reasons });
      context.log.info(`removed ${name} here: ${reasons.join(", ")}`);
    });
  }
}

// A run that ended between the two removals has left the sidecar of an archive that is proven to be at the destination.
async function removeOrphans(pass: Pass, outcome: PushOutcome): Promise<void> {
  const { survey, local, records } = pass;
  for (const { application, name, sidecar } of survey.orphans) {
    if (!("sha1" in sidecar) || records.pushed({ application, name, sha1: sidecar.sha1 }) === undefined) continue;
    await noteFailure({ pass, outcome, subject: application }, async () => {
      if ((await local.look({ application, name })) === undefined)
        await local.remove({ application, name: sidecarName(name) });
    });
  }
}

const codesOfOneArchive = [
  "transfer-failed",
  "transfer-mismatch",
  "removal-failed",
  "access-denied",
  "destination-unusable",
];

// What is wrong with one archive is no reason to leave the others where they are.
async function noteFailure(
  { pass, outcome, subject }: { pass: Pass; outcome: PushOutcome; subject: string },
  action: () => Promise<void>,
): Promise<void> {
  const { log, signal } = pass.context;
  try {
    await action();
  } catch (error) {
    if (signal.aborted || !(error instanceof OperationError) || !isAboutOneArchive(error)) throw error;
    outcome.failures.push(noteHostFailure(subject, error, log));
  }
}

function isAboutOneArchive({ code }: OperationError): boolean {
  return codesOfOneArchive.includes(code);
}

function key({ application, name }: RemotePath): string {
  return `${application}/${name}`;
}
