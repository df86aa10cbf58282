import { parseArchiveName } from "@catapullt/core/archive/name";
import { applyRetention, isEmptyPolicy, type RetentionPolicy } from "@catapullt/core/retention/policy";
import { findDue } from "@catapullt/core/schedule/due";
import { formatDuration } from "@catapullt/core/units";
import type { Catalog, KnownArchive } from "../catalog/catalog.ts";
import type { HostConfig } from "../config/schema.ts";
import type { ArchiveId, StoredArchive } from "../vault/vault.ts";
import { findInterrupted } from "./interrupted.ts";

export interface PruneFacts {
  /** Finished archives of the hosts that are looked at. */
  held: readonly KnownArchive[];
  /** Archives without a sidecar, of the same hosts. */
  unsealed: readonly (ArchiveId & { bytes: number })[];
  prunedAs: Catalog["prunedAs"];
  hosts: Readonly<Record<string, Pick<HostConfig, "expect">>>;
  /** Hosts that the command line names. */
  named: readonly string[];
  policy: RetentionPolicy;
  now: Date;
  timeZone: string;
}

export interface PruneDecision extends StoredArchive {
  /** When the backup began. */
  time: Date;
  action: "keep" | "remove";
  reasons: string[];
  /** The removal is recorded already, and an earlier run ended in the middle of it. */
  isInterrupted: boolean;
}

export interface PrunePlan {
  /** By host and application, newest first. */
  decisions: PruneDecision[];
  warnings: string[];
}

/**
 * Decides which archives in the vault go, for each host and application by itself. Pure. Archives of a host that is
 * neither configured nor named stay: nobody says what is expected of it.
 */
export function planPrune(facts: PruneFacts): PrunePlan {
  const plan: PrunePlan = { decisions: [], warnings: [] };
  if (isEmptyPolicy(facts.policy))
    plan.warnings.push("`retention` has no rules, so nothing is removed: set for example `retention: { daily: 7 }`");
  const candidates = facts.held.map(({ host, application, name, bytes, sha1, time, verifiedAt }) => ({
    host,
    application,
    name,
    bytes,
    sha1,
    time,
    verified: sha1 !== undefined && verifiedAt !== undefined,
  }));
  for (const archives of groupByApplication(candidates)) addApplication(plan, archives, facts);
  for (const archive of findInterrupted(facts.unsealed, facts.prunedAs))
    plan.decisions.push({
      ...archive,
      time: timeOf(archive),
      action: "remove",
      reasons: ["its removal was interrupted"],
      isInterrupted: true,
    });
  plan.decisions.sort(byHostAndApplication);
  return plan;
}

interface Candidate extends StoredArchive {
  time: Date;
  verified: boolean;
}

function addApplication(plan: PrunePlan, archives: Candidate[], facts: PruneFacts): void {
  const [{ host, application } = { host: "", application: "" }] = archives;
  const decide = (action: "keep" | "remove", candidate: Candidate, reasons: string[]) => {
    const { name, bytes, sha1, time } = candidate;
    plan.decisions.push({ host, application, name, bytes, sha1, time, action, reasons, isInterrupted: false });
  };
  const settings = ownValue(facts.hosts, host);
  if (settings === undefined && !facts.named.includes(host)) {
    for (const archive of archives) decide("keep", archive, ["the host is neither configured nor named"]);
    return;
  }
  const late = findLateness(archives, settings && ownValue(settings.expect, application), facts);
  const retention = { now: facts.now, timeZone: facts.timeZone, overdue: late !== undefined };
  const { keep, remove, ignored } = applyRetention(archives, facts.policy, retention);
  for (const { archive, reasons } of keep) decide("keep", archive, reasons);
  for (const { archive, reasons } of remove) decide("remove", archive, reasons);
  for (const { archive, reasons } of ignored) {
    decide("keep", archive, reasons);
    plan.warnings.push(`${host}: ${archive.name} is dated in the future: is the clock right, here and there?`);
  }
  for (const { name, sha1 } of archives)
    if (sha1 === undefined) plan.warnings.push(`${host}: ${name} stays, since its sidecar cannot be read`);
  if (late !== undefined) plan.warnings.push(`${host}: nothing of ${application} is removed: ${late}`);
}

// Only good archives count: what nobody has verified may be no backup, and a date in the future says nothing.
function findLateness(
  archives: readonly Candidate[],
  expectation: HostConfig["expect"][string] | undefined,
  { now, timeZone }: Pick<PruneFacts, "now" | "timeZone">,
): string | undefined {
  const due = expectation && findDue(expectation, { now, timeZone });
  if (due === undefined) return undefined;
  const good = archives.filter(({ time, verified }) => verified && time <= now).map(({ time }) => time.getTime());
  if (good.length === 0) return "its backup is overdue, and no verified one is here";
  const newest = good.reduce((latest, time) => Math.max(latest, time), 0);
  if (newest >= due.since.getTime()) return undefined;
  return `its backup is overdue, the newest one is ${formatDuration(now.getTime() - newest)} old`;
}

// Names of directories are anybody's: `constructor` is no key of a configuration.
function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function groupByApplication(candidates: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = `${candidate.host}/${candidate.application}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return [...groups.values()];
}

function byHostAndApplication(one: PruneDecision, other: PruneDecision): number {
  return (
    compare(one.host, other.host) ||
    compare(one.application, other.application) ||
    other.time.getTime() - one.time.getTime() ||
    compare(other.name, one.name)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function timeOf({ name }: ArchiveId): Date {
  const time = parseArchiveName(name)?.time;
  if (time === undefined) throw new Error(`the vault names only archives, got ${name}`);
  return time;
}
