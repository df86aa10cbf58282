import { findDue } from "@catapullt/core/schedule/due";
import { formatDuration } from "@catapullt/core/units";
import type { RecordedArchive } from "../catalog/catalog.ts";
import type { Expectation } from "../config/expectation.ts";
import { type Cause, describeWaiting, findCauses, findWaiting, type Stage, seenOf, stages } from "./cause.ts";
import { type ApplicationFacts, type Clock, isHeld, newestGood, timeOfBackup } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { formatMoment, parseHostMoment } from "./moment.ts";

/** How far the backup that is due, or the last one, has come. */
export interface LedgerRow {
  host: string;
  application: string;
  /** When each stage was reached, by this host's clock; undefined where it was not, or nobody knows. */
  times: Record<Stage, Date | undefined>;
  /** The first stage that the backup that is due has not come to; undefined where it is here. */
  missing: Stage | undefined;
  /** The strongest first; none where nothing is missing. */
  causes: string[];
  /** The newest good archive. */
  newest: RecordedArchive | undefined;
}

export interface LedgerEntry {
  row: LedgerRow;
  findings: Finding[];
}

/** One application's row in the ledger, and what is to be told of it, sizes aside. Pure. */
export function enterApplication(facts: ApplicationFacts, clock: Clock): LedgerEntry {
  const newest = newestGood(facts, clock);
  const { expectation } = facts;
  const late = expectation && findLateness(facts, { newest, expectation, clock });
  const causes = late === undefined ? [] : findCauses(facts, clock, late.expectedAt);
  const missing = causes[0]?.stage;
  const times = late === undefined ? timesOf(facts, newest) : timesOfAttempt(facts, { newest, missing });
  times.expected = late?.expectedAt ?? findDueTime(facts, { newest, clock });
  const { host, application } = facts;
  return {
    row: { host, application, times, missing, causes: causes.map(({ message }) => message), newest },
    findings: [
      ...(late === undefined ? [] : [tellLateness(facts, late, causes)]),
      ...tellProof(facts, { newest, clock }),
      ...tellVerification(facts, { newest, clock }),
      ...(late === undefined ? tellUnfinishedBusiness(facts, newest) : []),
    ],
  };
}

interface Lateness {
  newest: RecordedArchive | undefined;
  /** Undefined where no backup has ever been here and no schedule says when one should have. */
  expectedAt: Date | undefined;
}

interface Question {
  newest: RecordedArchive | undefined;
  expectation: Expectation;
  clock: Clock;
}

function findLateness(facts: ApplicationFacts, { newest, expectation, clock }: Question): Lateness | undefined {
  const due = findDue(expectation, clock);
  if (newest === undefined)
    return { newest, expectedAt: expectation.schedule === undefined ? undefined : due?.expectedAt };
  const time = timeOfBackup(newest, facts);
  if (due === undefined || time >= due.since) return undefined;
  const { every } = expectation;
  return { newest, expectedAt: every === undefined ? due.expectedAt : new Date(time.getTime() + every) };
}

function findDueTime(
  facts: ApplicationFacts,
  { newest, clock }: { newest: RecordedArchive | undefined; clock: Clock },
): Date | undefined {
  const { expectation } = facts;
  if (expectation?.schedule !== undefined) return findDue(expectation, clock)?.expectedAt;
  return expectation && newest && timeOfBackup(newest, facts);
}

function tellLateness(facts: ApplicationFacts, { newest, expectedAt }: Lateness, causes: readonly Cause[]): Finding {
  const { host, application } = facts;
  const [cause] = causes;
  const what =
    newest === undefined ? describeNothing(facts) : `no backup since ${formatMoment(timeOfBackup(newest, facts))}`;
  const expected = expectedAt === undefined ? "" : ` (expected ${formatMoment(expectedAt)})`;
  const message = `${what}${expected}${cause === undefined ? "" : `: ${cause.message}`}`;
  return { host, application, kind: cause?.kind ?? (newest === undefined ? "missing" : "stale"), message };
}

function describeNothing({ archives }: ApplicationFacts): string {
  const last = archives.at(-1);
  if (last === undefined) return "never: nothing of it has come into the vault";
  if (last.goneAt === undefined) return "no good archive in the vault";
  return `nothing in the vault any more: ${last.name} left it at ${formatMoment(last.goneAt)}`;
}

/** The stages of the archive that is here. */
function timesOf(facts: ApplicationFacts, newest: RecordedArchive | undefined): LedgerRow["times"] {
  const { sighting, lastProof } = facts;
  return {
    expected: undefined,
    ran: newest && timeOfBackup(newest, facts),
    finished: newest?.contents && parseHostMoment(newest.contents.endedAt, sighting),
    pulled: newest?.arrivedAt,
    verified: newest?.verifiedAt === undefined ? undefined : new Date(newest.verifiedAt),
    proven: lastProof,
  };
}

/** The stages of the backup that is missing, as far as it has come. */
function timesOfAttempt(
  facts: ApplicationFacts,
  { newest, missing = "ran" }: { newest: RecordedArchive | undefined; missing: Stage | undefined },
): LedgerRow["times"] {
  const { sighting, application } = facts;
  const unproven = facts.archives.findLast(
    (archive) => isHeld(archive) && (newest === undefined || archive.time > newest.time),
  );
  const run = seenOf(sighting, application)?.lastRun;
  const times: LedgerRow["times"] = {
    expected: undefined,
    ran: unproven ? timeOfBackup(unproven, facts) : run ? parseHostMoment(run.startedAt, sighting) : undefined,
    finished: run?.endedAt && run.state === "succeeded" ? parseHostMoment(run.endedAt, sighting) : undefined,
    pulled: unproven?.arrivedAt,
    verified: undefined,
    proven: facts.lastProof,
  };
  for (const stage of stages.slice(stages.indexOf(missing))) if (stage !== "proven") times[stage] = undefined;
  return times;
}

interface Judgement {
  newest: RecordedArchive | undefined;
  clock: Clock;
}

function tellVerification(
  { host, application, expectation }: ApplicationFacts,
  { newest, clock }: Judgement,
): Finding[] {
  const limit = expectation?.verified;
  if (limit === undefined || newest?.verifiedAt === undefined) return [];
  const age = clock.now.getTime() - Date.parse(newest.verifiedAt);
  if (age <= limit) return [];
  const message = `${newest.name} was verified ${formatDuration(age)} ago, at most ${formatDuration(limit)} is expected: run archiver verify ${host}`;
  return [{ host, application, kind: "unverified", message }];
}

function tellProof(facts: ApplicationFacts, { newest, clock }: Judgement): Finding[] {
  const { host, application, expectation, lastProof, archives } = facts;
  const tell = (message: string): Finding[] => [{ host, application, kind: "unproven", message }];
  const drilled = archives.findLast(
    (archive) => isHeld(archive) && (archive.provenAt ?? archive.findings) !== undefined,
  );
  if (drilled?.findings !== undefined)
    return tell(
      `the drill of ${drilled.name} found: ${drilled.findings.slice(0, 3).join("; ")}: repair that, then run archiver drill ${host}`,
    );
  const limit = expectation?.proven;
  if (limit === undefined || newest === undefined) return [];
  const remedy = `run archiver drill ${host}`;
  if (lastProof === undefined) return tell(`no drill has proven yet that it restores: ${remedy}`);
  const age = clock.now.getTime() - lastProof.getTime();
  if (age <= limit) return [];
  return tell(
    `the last proof that it restores is ${formatDuration(age)} old, at most ${formatDuration(limit)} is expected: ${remedy}`,
  );
}

/** A fresh backup is here, and yet something did not come to its end. */
function tellUnfinishedBusiness(facts: ApplicationFacts, newest: RecordedArchive | undefined): Finding[] {
  const { host, application, archives, expectation } = facts;
  const found: Finding[] = [];
  const unverified = archives.findLast((archive) => isHeld(archive) && archive.verifiedAt === undefined);
  const isNewer = unverified !== undefined && (newest === undefined || unverified.time > newest.time);
  if (isNewer && expectation !== undefined) {
    const message = `${unverified.name} is not verified: run archiver verify ${host}`;
    found.push({ host, application, kind: "unverified", message });
  }
  const waiting = findWaiting(facts);
  const [first] = waiting;
  if (first !== undefined) {
    const others = waiting.length > 1 ? ` (and ${waiting.length - 1} more)` : "";
    const message = `finished at the host but not pulled: ${describeWaiting(first)}${others}`;
    found.push({ host, application, kind: "waiting", message });
  }
  return found;
}
