import type { RecordedArchive } from "../catalog/catalog.ts";
import type { SizeLimits } from "../config/thresholds.ts";
import { type ApplicationFacts, type Clock, isDatedInFuture, isHeld, newestGood } from "./facts.ts";
import { type Finding, subjectOf } from "./finding.ts";
import { type HostFacts, tellHost } from "./hosts.ts";
import { enterApplication, type LedgerRow } from "./ledger.ts";
import { findNotes, type HostHoldings, type HostPlace } from "./notes.ts";
import { findSizeVariations } from "./sizes.ts";
import { forecastSpace, type SpaceFacts, type SpaceForecast, tellSpace } from "./space.ts";

/** What an application's archives are compared by, besides the facts about it. */
export interface ComparedApplication extends ApplicationFacts {
  /** Undefined: sizes may be anything. */
  limits: SizeLimits | undefined;
  /** Name of the newest archive whose size somebody has declared to be right. */
  accepted: string | undefined;
  /** More of its archives, oldest first: only asked for where the newest differs. */
  longHistory: () => ApplicationFacts["archives"];
}

export type HostLook = HostPlace & HostFacts;

export interface AssessmentFacts {
  applications: Iterable<ComparedApplication>;
  hosts: readonly HostLook[];
  /** Whether there is any expectation in the whole configuration. */
  isAnythingExpected: boolean;
  /** Undefined where only a part of the vault is looked at. */
  space: Omit<SpaceFacts, "nextBytes"> | undefined;
  clock: Clock;
  /** Milliseconds. */
  clockLimit: number;
}

export interface AssessedApplication extends LedgerRow {
  /** `ok`, or the kind of the first finding. */
  state: Finding["kind"] | "ok";
  isExpected: boolean;
}

export interface Assessment {
  healthy: boolean;
  findings: Finding[];
  applications: AssessedApplication[];
  space: SpaceForecast | undefined;
  notes: string[];
}

/** Judges everything. Pure but for `applications` and their `longHistory`, which are read one after the other. */
export function assess(facts: AssessmentFacts): Assessment {
  const findings: Finding[] = [];
  const applications: AssessedApplication[] = [];
  const summary: Summary = { lateHosts: new Set(), held: new Map(), nextBytes: 0 };
  const configured = new Set(facts.hosts.filter(({ isConfigured }) => isConfigured).map(({ host }) => host));
  for (const application of facts.applications) {
    const { row, findings: own } = enterApplication(application, facts.clock);
    const found = [...own, ...tellSizes(application, facts.clock)];
    findings.push(...found);
    const isExpected = application.expectation !== undefined;
    applications.push({ ...row, state: found[0]?.kind ?? "ok", isExpected });
    summarize(application, row, { summary, isConfigured: configured.has(row.host), clock: facts.clock });
  }
  for (const look of facts.hosts.filter(({ isConfigured }) => isConfigured))
    findings.push(...tellHost(look, { clockLimit: facts.clockLimit, isTold: summary.lateHosts.has(look.host) }));
  const spaceFacts = facts.space && { ...facts.space, nextBytes: summary.nextBytes };
  const space = spaceFacts && forecastSpace(spaceFacts);
  if (spaceFacts !== undefined && space !== undefined) findings.push(...tellSpace(spaceFacts, space));
  const notes = findNotes(
    facts.hosts.map((look) => describeHoldings(look, summary)),
    facts.isAnythingExpected,
  );
  return { healthy: findings.length === 0, findings, applications, space, notes };
}

interface Summary {
  /** Hosts of which a backup is late: that explains itself. */
  lateHosts: Set<string>;
  held: Map<string, { applications: string[]; future: RecordedArchive[] }>;
  /** What the newest archives of all configured hosts take together. */
  nextBytes: number;
}

function summarize(
  { host, application, archives }: ComparedApplication,
  row: LedgerRow,
  { summary, isConfigured, clock }: { summary: Summary; isConfigured: boolean; clock: Clock },
): void {
  if (row.missing !== undefined) summary.lateHosts.add(host);
  const held = archives.filter(isHeld);
  if (held.length === 0) return;
  const ofHost = summary.held.get(host) ?? { applications: [], future: [] };
  summary.held.set(host, ofHost);
  ofHost.applications.push(application);
  ofHost.future.push(...held.filter((archive) => isDatedInFuture(archive, clock)));
  if (isConfigured) summary.nextBytes += held.at(-1)?.bytes ?? 0;
}

function describeHoldings(look: HostLook, { held }: Summary): HostHoldings {
  const { applications = [], future = [] } = held.get(look.host) ?? {};
  return { ...look, held: applications, future };
}

function tellSizes(application: ComparedApplication, clock: Clock): Finding[] {
  const { limits, host, application: name } = application;
  const newest = newestGood(application, clock);
  if (limits === undefined || newest === undefined) return [];
  const compare = (archives: ApplicationFacts["archives"]) =>
    findSizeVariations(comparable(archives, { accepted: application.accepted, newest: newest.name }), limits);
  if (compare(application.archives).length === 0) return [];
  const remedy = `look at it; if that is right, run archiver check --accept ${subjectOf({ host, application: name })}`;
  return compare(application.longHistory()).map(({ kind, message }) => ({
    host,
    application: name,
    kind,
    message: `${message}: ${remedy}`,
  }));
}

/** From the archive whose size was accepted up to the newest good one; of those still here, what is known to be damaged or is not verified does not count. */
function comparable(
  archives: ApplicationFacts["archives"],
  { accepted, newest }: { accepted: string | undefined; newest: string },
): ApplicationFacts["archives"] {
  const first = archives.findLastIndex(({ name }) => name === accepted);
  const last = archives.findLastIndex((archive) => isHeld(archive) && archive.name === newest);
  return archives
    .slice(Math.max(0, first), last + 1)
    .filter((archive) => !isHeld(archive) || archive.verifiedAt !== undefined);
}
