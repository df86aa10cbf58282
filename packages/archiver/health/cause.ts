import { parseArchiveName } from "@catapullt/core/archive/name";
import type { RecordedArchive } from "../catalog/catalog.ts";
import type { ApplicationSighting, HostSighting } from "../vault/sighting.ts";
import { type ApplicationFacts, type Clock, isHeld, isSound, newestGood } from "./facts.ts";
import { formatMoment, parseHostMoment, toOwnClock } from "./moment.ts";

export const stages = ["expected", "ran", "finished", "pulled", "verified", "proven"] as const;
export type Stage = (typeof stages)[number];

/** Why there is no backup, in one line with what to do, and the first stage that it has not come to. */
export interface Cause {
  stage: Stage;
  /** Where this is what is told of, and not just that the backup is late. */
  kind?: "unverified" | "quarantined";
  message: string;
}

interface Search extends ApplicationFacts {
  now: Date;
  newest: RecordedArchive | undefined;
  /** When the missing backup was expected to begin; undefined where none has ever been here. */
  expectedAt: Date | undefined;
}

/** Why an application has no fresh backup: what there is evidence of, the strongest first; never empty. Pure. */
export function findCauses(facts: ApplicationFacts, clock: Clock, expectedAt: Date | undefined): Cause[] {
  const search = { ...facts, now: clock.now, newest: newestGood(facts, clock), expectedAt };
  const causes = [
    inVault,
    inQuarantine,
    refusedAtHost,
    unvisited,
    unreachable,
    lastRun,
    untraced,
    brokenOff,
    badClock,
  ].flatMap((find) => find(search));
  return causes.length > 0 ? causes : [neverRan(search)];
}

/** A newer archive is here, but does not count. */
function inVault({ archives, newest, host, application, now }: Search): Cause[] {
  const newer = archives.findLast((archive) => isHeld(archive) && archive !== newest && isAfter(archive, newest));
  if (newer === undefined) return [];
  const { name, sha1 } = newer;
  if (sha1 === undefined) {
    const message = `the sidecar of ${name} in the vault cannot be read: look at ${host}/${application}/${name}.sha1 there`;
    return [{ stage: "verified", kind: "unverified", message }];
  }
  if (!isSound(newer))
    return [{ stage: "verified", kind: "unverified", message: `${name} is not verified: run archiver verify ${host}` }];
  if (newer.time <= now) return [];
  const message = `${name} is dated in the future: set the clock of ${host}, then move that archive away`;
  return [{ stage: "ran", message }];
}

function inQuarantine({ quarantined, newest }: Search): Cause[] {
  const newer = quarantined.findLast((path) => {
    const time = parseArchiveName(baseName(path))?.time;
    return time !== undefined && isAfter({ time }, newest);
  });
  if (newer === undefined) return [];
  const message = `${baseName(newer)} was found damaged and is in quarantine: see ${newer}.report.json in the vault`;
  return [{ stage: "verified", kind: "quarantined", message }];
}

/** Archives that are finished at the host, in no order that matters, and not in the vault. */
export function findWaiting({
  archives,
  application,
  sighting,
}: Pick<ApplicationFacts, "archives" | "application" | "sighting">): ApplicationSighting["waiting"] {
  const here = new Set(archives.filter(isHeld).map(({ name }) => name));
  return (seenOf(sighting, application)?.waiting ?? []).filter(({ name }) => !here.has(name));
}

function refusedAtHost(search: Search): Cause[] {
  const waiting = findWaiting(search).filter(({ name }) => {
    const time = parseArchiveName(name)?.time;
    return time !== undefined && isAfter({ time }, search.newest);
  });
  const [first] = waiting.sort((one, other) => (one.name < other.name ? 1 : -1));
  if (first === undefined) return [];
  return [{ stage: "pulled", message: `finished at the host but not pulled: ${describeWaiting(first)}` }];
}

export function describeWaiting({ name, reason }: { name: string; reason: string }): string {
  return reason === "" ? `${name}: run archiver pull` : `${name}: ${reason}`;
}

/** No pull has come to the host since the backup was expected. */
function unvisited({ sighting, host, expectedAt }: Search): Cause[] {
  const remedy = "look at archiver pull's cron line here";
  if (sighting === undefined) return [{ stage: "pulled", message: `no pull has visited ${host} yet: ${remedy}` }];
  const visitedAt = new Date(sighting.visitedAt);
  if (expectedAt === undefined || visitedAt >= expectedAt) return [];
  const message = `no pull has visited ${host} since ${formatMoment(visitedAt)}: ${remedy}`;
  return [{ stage: "pulled", message }];
}

/** Whether the last visit failed before it saw what lies at the host. */
export function isUnreached({ failure, reachedAt, visitedAt }: HostSighting): boolean {
  return failure !== null && (reachedAt === null || reachedAt < visitedAt);
}

/** `wiki01 is unreachable since 2026-11-23 02:00 UTC: host-key-changed: …` */
export function describeUnreached(host: string, { failure, reachedAt }: HostSighting): string {
  const since =
    reachedAt === null ? "has never been reached" : `not reached since ${formatMoment(new Date(reachedAt))}`;
  return `${host} ${reachedAt === null ? since : `was ${since}`}: ${describeFailure(failure)}`;
}

function unreachable({ host, sighting }: Search): Cause[] {
  if (sighting === undefined || !isUnreached(sighting)) return [];
  return [{ stage: "pulled", message: describeUnreached(host, sighting) }];
}

/** What the agent's own trace at the host says. */
function lastRun(search: Search): Cause[] {
  const { host, application, sighting, newest } = search;
  const run = seenOf(sighting, application)?.lastRun;
  if (sighting === undefined || !run) return [];
  const startedAt = parseHostMoment(run.startedAt, sighting);
  const began = formatMoment(startedAt);
  const isNews = newest === undefined || (run.archive !== newest.name && startedAt > toOwnClock(newest.time, sighting));
  if (!isNews) {
    if (!isCurrent(search)) return [];
    const message = `the agent has not run (its last run began at ${began}): look at the crontab of ${host}`;
    return [{ stage: "ran", message }];
  }
  if (run.state === "failed")
    return [{ stage: "finished", message: `the agent ran at ${began} and failed: ${describeFailure(run.failure)}` }];
  if (run.state === "succeeded") return lostArchive(run.archive, search);
  const seenAt = formatMoment(new Date(sighting.reachedAt ?? sighting.visitedAt));
  const message = `a run began at ${began} and had not ended at ${seenAt}: it takes long, was killed, or the host went down; look at the agent's log on ${host}`;
  return [{ stage: "finished", message }];
}

/** The agent made an archive that is nowhere to be seen. */
function lostArchive(archive: string | null, { host, archives, application, sighting }: Search): Cause[] {
  const waiting = seenOf(sighting, application)?.waiting ?? [];
  if (archive === null || [...archives, ...waiting].some(({ name }) => name === archive)) return [];
  const message = `the agent made ${archive}, and it is neither at ${host} nor here: was it removed there before a pull came? look at \`retention\` in its agent.yaml`;
  return [{ stage: "pulled", message }];
}

/** The host was seen, and there is nothing that the agent says of itself. */
function untraced(search: Search): Cause[] {
  const { host, application, sighting } = search;
  const seen = seenOf(sighting, application);
  if (!isCurrent(search) || seen?.lastRun) return [];
  const [unfinished] = seen?.unfinished ?? [];
  if (unfinished !== undefined) {
    const message = `${unfinished} at ${host} is not finished: its run is still at work, or was killed; look at the agent's log on ${host}`;
    return [{ stage: "finished", message }];
  }
  if (seen === undefined) {
    const message = `nothing of ${application} lies in the work directory of ${host}: does \`backup-agent ${application}\` run there, and is \`path\` its workDir?`;
    return [{ stage: "ran", message }];
  }
  return [{ stage: "ran", message: `the agent has left no trace of a run: look at the crontab of ${host}` }];
}

/** Whether a pull has seen the host since the backup was expected: only then it means something that something is not there. */
function isCurrent({ sighting, expectedAt }: Search): boolean {
  if (sighting === undefined || sighting.reachedAt === null || isUnreached(sighting)) return false;
  return expectedAt === undefined || new Date(sighting.reachedAt) >= expectedAt;
}

/** The last visit saw the host, and then something failed. */
function brokenOff({ sighting }: Search): Cause[] {
  if (sighting === undefined || sighting.failure === null || isUnreached(sighting)) return [];
  return [{ stage: "pulled", message: `the last pull failed: ${describeFailure(sighting.failure)}` }];
}

const clockTolerance = 15 * 60;

function badClock({ host, sighting }: Search): Cause[] {
  const offset = sighting?.clock?.offset ?? 0;
  if (Math.abs(offset) <= clockTolerance) return [];
  return [{ stage: "ran", message: `the clock of ${host} is wrong, so its cron runs at other times` }];
}

function neverRan({ host }: Search): Cause {
  return { stage: "ran", message: `nothing tells why: look at the crontab and the agent's log on ${host}` };
}

/** What the last visit saw of an application; undefined where there was nothing of it. */
export function seenOf(sighting: HostSighting | undefined, application: string): ApplicationSighting | undefined {
  const applications = sighting?.applications ?? {};
  return Object.hasOwn(applications, application) ? applications[application] : undefined;
}

function describeFailure(failure: { code: string; message: string } | null): string {
  return failure === null ? "it does not say why" : `${failure.code}: ${failure.message}`;
}

function isAfter({ time }: { time: Date }, newest: RecordedArchive | undefined): boolean {
  return newest === undefined || time > newest.time;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
