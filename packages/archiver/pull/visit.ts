import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { escapeControls } from "@catapullt/core/printable";
import type { RemotePath } from "../remote/remote.ts";
import type { ApplicationSighting, HostSighting } from "../vault/sighting.ts";
import type { Vault } from "../vault/vault.ts";
import type { ClockReading } from "./clock.ts";
import type { Survey } from "./survey.ts";

/** What is seen at a host while it is pulled from. Times are ISO 8601 in UTC. */
export interface Visit {
  begunAt: string;
  /** The last look at the work directory; undefined as long as there was none. */
  seen: { at: string; survey: Survey } | undefined;
  /** Finished archives that still have to leave the host, and why they have not, by application and name. */
  waiting: Map<string, WaitingArchive>;
  clock: ClockReading | undefined;
  /** A removal that is under way reads the host's clock. */
  readsClock: boolean;
}

type WaitingArchive = RemotePath & { reason: string };

// A hostile host may hold any number of anything: only so much of it is kept.
const namesLimit = 100;
const reasonLimit = 300;
const failureLimit = 1000;

export function beginVisit(): Visit {
  return {
    begunAt: new Date().toISOString(),
    seen: undefined,
    waiting: new Map(),
    clock: undefined,
    readsClock: false,
  };
}

/** The work directory has been looked at; what an earlier look has seen is void. */
export function noteSurvey(visit: Visit, survey: Survey): void {
  visit.seen = { at: new Date().toISOString(), survey };
  visit.waiting.clear();
  const reason = "the pull ended before it was done with this archive";
  for (const { application, name } of survey.finished)
    visit.waiting.set(keyOf({ application, name }), { application, name, reason });
}

/** Why an archive could not be dealt with; nothing for what is no finished archive. */
export function noteFailed(visit: Visit, archive: RemotePath, reason: string): void {
  const waiting = visit.waiting.get(keyOf(archive));
  if (waiting !== undefined) waiting.reason = reason;
}

/** An archive is gone from the host, or stays there on purpose. */
export function noteDealtWith(visit: Visit, archive: RemotePath): void {
  visit.waiting.delete(keyOf(archive));
}

/** What is known of a host after a visit; what the visit did not see is as the one before has noted it. Pure. */
export function describeVisit(
  { begunAt, seen, waiting, clock }: Visit,
  before: HostSighting | undefined,
  failure: HostSighting["failure"],
): HostSighting {
  return {
    visitedAt: begunAt,
    reachedAt: seen?.at ?? before?.reachedAt ?? null,
    failure: failure && { code: failure.code, message: shorten(failure.message, failureLimit) },
    clock: clock ?? before?.clock ?? null,
    applications:
      seen === undefined ? (before?.applications ?? {}) : describeApplications(seen.survey, [...waiting.values()]),
  };
}

function describeApplications(
  { applications, unfinished }: Survey,
  waiting: readonly WaitingArchive[],
): Record<string, ApplicationSighting> {
  const newestOf = <Item extends RemotePath>(application: string, items: readonly Item[]) =>
    items.filter((item) => item.application === application).slice(-namesLimit);
  return Object.fromEntries(
    applications.map(({ name, lastRun }) => [
      name,
      {
        lastRun,
        waiting: newestOf(name, waiting).map((archive) => ({
          name: archive.name,
          reason: shorten(archive.reason, reasonLimit),
        })),
        unfinished: newestOf(name, unfinished).map((archive) => archive.name),
      },
    ]),
  );
}

/** Notes in the vault what was seen at a host. That it cannot be noted is no failure of the pull. */
export async function noteVisit(
  host: string,
  { visit, failure, vault, log }: { visit: Visit; failure: HostSighting["failure"]; vault: Vault; log: Logger },
): Promise<void> {
  try {
    await vault.noteSighting(host, describeVisit(visit, await vault.sighting(host), failure));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    log.warn(`${host}: what was seen there could not be noted: ${error.message}`);
  }
}

function keyOf({ application, name }: RemotePath): string {
  return `${application}/${name}`;
}

function shorten(text: string, limit: number): string {
  const printable = escapeControls(text);
  return printable.length > limit ? `${printable.slice(0, limit - 1).toWellFormed()}…` : printable;
}
