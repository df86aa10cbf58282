import { hostname } from "node:os";
import type { RecordedArchive } from "../catalog/catalog.ts";
import type { ArchiverConfig } from "../config/schema.ts";
import { isHeld } from "../health/facts.ts";
import type { Judgement } from "../health/judge.ts";
import { backupSeconds } from "../history/entries.ts";
import { type PruneDecision, planPrune } from "../prune/plan.ts";
import type { KeptArchive, PastBackup, ReportedApplication, ReportFacts } from "./facts.ts";
import { compareApplications, rankOf } from "./severity.ts";
import { vaultSizes } from "./vault-sizes.ts";

interface ReportRequest {
  config: ArchiverConfig;
  named: readonly string[];
  application: string | undefined;
}

/** Puts together what `check`, `history`, `list` and `prune --dry-run` know. */
export function gatherReport(judgement: Judgement, { config, named, application }: ReportRequest): ReportFacts {
  const { assessment, vault, catalog, clock } = judgement;
  const { healthy, findings, notes, space } = assessment;
  const isWhole = named.length === 0 && application === undefined;
  const decisions = planDecisions(judgement, { config, named, application });
  const ofApplication = Map.groupBy(findings, keyOf);
  const applications = assessment.applications.map((assessed): ReportedApplication => {
    const key = keyOf(assessed);
    const history = catalog.history({ hosts: [assessed.host], application: assessed.application });
    const past = history.filter(({ time }) => time <= clock.now);
    return {
      ...assessed,
      findings: ofApplication.get(key) ?? [],
      backups: past.map(pastBackup),
      archives: keptArchives(history, decisions.get(key) ?? []),
      lastProof: catalog.lastProof(assessed),
    };
  });
  const heldBytes = applications.flatMap(({ archives }) => archives).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    now: clock.now,
    hostName: hostname(),
    vault: vault.location,
    part: isWhole ? undefined : [...named, ...(application === undefined ? [] : [application])].join(", "),
    healthy,
    findings: findings.toSorted((one, other) => rankOf(one.kind) - rankOf(other.kind)),
    notes,
    applications: applications.sort(compareApplications),
    space,
    vaultSizes: isWhole ? vaultSizes({ heldBytes, flows: catalog.flows(), now: clock.now }) : [],
  };
}

function planDecisions(
  { catalog, hosts, clock }: Judgement,
  { config, named, application }: ReportRequest,
): Map<string, PruneDecision[]> {
  const { decisions } = planPrune({
    held: catalog.held({ hosts, application }),
    unsealed: [],
    prunedAs: () => undefined,
    hosts: config.hosts,
    named,
    policy: config.retention,
    ...clock,
  });
  return Map.groupBy(decisions, keyOf);
}

function pastBackup(archive: RecordedArchive): PastBackup {
  const { time, bytes, contents } = archive;
  return { time, bytes, seconds: backupSeconds(contents), isHeld: isHeld(archive) };
}

function keptArchives(history: readonly RecordedArchive[], decisions: readonly PruneDecision[]): KeptArchive[] {
  const held = new Map(history.filter(isHeld).map((archive) => [archive.name, archive]));
  return decisions.map(({ name, time, bytes, action, reasons }) => {
    const known = held.get(name);
    return {
      name,
      time,
      bytes,
      action,
      reasons,
      seconds: backupSeconds(known?.contents),
      version: known?.version,
      verifiedAt: toDate(known?.verifiedAt),
      provenAt: toDate(known?.provenAt),
    };
  });
}

function toDate(moment: string | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment);
}

function keyOf({ host, application }: { host: string; application: string }): string {
  return `${host}/${application}`;
}
