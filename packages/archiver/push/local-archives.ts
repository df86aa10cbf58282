import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { PushSettings } from "../config/push.ts";
import { readSidecar, type Survey, type SurveyedArchive, surveyHost } from "../pull/survey.ts";
import type { Depot } from "../remote/depot.ts";
import type { Remote } from "../remote/remote.ts";
import type { PushContext } from "./context.ts";
import type { PushedRecord, PushRecords } from "./records.ts";
import { type LocalDecision, planRemovals } from "./retention.ts";

/** What lies in this host's work directory. Fails with `work-directory-unusable`. */
export async function surveyLocal(local: Remote): Promise<Survey> {
  try {
    return await surveyHost(local);
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== "work-directory-unusable") throw error;
    throw new OperationError(error.code, error.message, {
      hint: "set `push.from` to the agent's workDir on this host, and check that it is mounted",
      cause: error,
    });
  }
}

export interface LocalFacts {
  survey: Survey;
  /** The record that proves an archive to be at the destination, or to have been there. */
  proof: (archive: SurveyedArchive) => PushedRecord | undefined;
}

export interface Removals {
  decisions: LocalDecision[];
  /** Why nothing goes although it could, where that is to be looked at. */
  warning: string | undefined;
}

/** Decides which archives go from this host now. */
export async function decideRemovals(
  { survey, proof }: LocalFacts,
  { settings, keepLocal }: PushContext,
): Promise<Removals> {
  const decisions = planRemovals({
    archives: survey.finished,
    isProven: (archive) => proof(archive) !== undefined,
    policy: settings.retention,
    now: new Date(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const isOnlyCopy = await hasSameDisk(settings);
  const objection = keepLocal ? "--keep-local" : isOnlyCopy ? "the destination is on the same disk" : undefined;
  return {
    decisions: decisions.map((decision) =>
      objection === undefined || decision.action === "keep"
        ? decision
        : { ...decision, action: "keep", reasons: [objection] },
    ),
    warning: isOnlyCopy
      ? `nothing is removed here: ${settings.to.path} is on the same file system as ${settings.from}; is its disk mounted?`
      : undefined,
  };
}

// A copy on the same disk is none, and a mount point without its disk looks just like that.
async function hasSameDisk({ from, to }: PushSettings): Promise<boolean> {
  return to.type === "local" && (await stat(from)).dev === (await stat(to.path)).dev;
}

const probeName = ".archiver-push";

/**
 * Fails with `destination-unusable` where the destination is this host's work directory itself: what is removed here would be
 * gone there too. It shows a file of one side on the other one then.
 */
export async function refuseSamePlace(
  application: string,
  { from, depot }: { from: string; depot: Depot },
): Promise<void> {
  const probe = join(from, application, probeName);
  try {
    await (await open(probe, "wx", 0o600)).close();
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw notRemovable(errorMessage(error), error);
  }
  try {
    if ((await depot.look({ application, name: probeName })) === undefined) return;
    throw new OperationError("destination-unusable", `${depot.location} is ${from} on this host itself`, {
      hint: "nothing was removed: set `push.to.address` and `push.to.path` to a directory of the backup host",
    });
  } finally {
    await rm(probe, { force: true });
  }
}

export interface RemovalContext {
  local: Remote;
  records: PushRecords;
}

/**
 * Removes an archive on this host, then its sidecar, unless they have become others meanwhile. The record comes first; a crash in
 * between leaves a sidecar alone, which is no archive for anybody and which the agent's next backup clears away.
 */
export async function removeHere(
  archive: SurveyedArchive,
  proof: PushedRecord,
  { local, records }: RemovalContext,
): Promise<void> {
  const { application, name, bytes, modifiedAt } = archive;
  const { destination, sha1, at: pushedAt, durable } = proof;
  const state = await local.look(archive);
  const sidecar = await readSidecar(local, archive);
  if (state === undefined && sidecar === undefined) return;
  const isSame = state?.bytes === bytes && state.modifiedAt === modifiedAt;
  if (!isSame || sidecar === undefined || !("sha1" in sidecar) || sidecar.sha1 !== sha1) {
    throw new OperationError("transfer-failed", `${name} was replaced on this host meanwhile`, {
      hint: "it was not removed; the next run looks again",
    });
  }
  const at = new Date().toISOString();
  await records.add({
    event: "removed",
    at,
    destination,
    application,
    name,
    bytes,
    sha1,
    proof: { pushedAt, durable },
  });
  try {
    await local.remove({ application, name });
    await local.remove({ application, name: sidecarName(name) });
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== "removal-failed") throw error;
    throw notRemovable(error.message, error);
  }
}

function notRemovable(message: string, cause: unknown): OperationError {
  return new OperationError("removal-failed", message, {
    hint: "the archives are safe at the destination. Give this user write permission on the directory here, or use --keep-local",
    cause,
  });
}
