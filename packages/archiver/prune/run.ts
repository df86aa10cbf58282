import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { newestGoodReason } from "@catapullt/core/retention/policy";
import { openCatalog } from "../catalog/open.ts";
import { noteHostFailure } from "../report/run-report.ts";
import type { ArchiveId, StoredArchive, Vault } from "../vault/vault.ts";
import { type PruneDecision, type PruneFacts, type PrunePlan, planPrune } from "./plan.ts";

export interface PruneContext {
  vault: Vault;
  log: Logger;
  signal: AbortSignal;
}

export interface PruneOutcome extends PrunePlan {
  failures: ReportedFailure[];
}

export type PruneRules = Pick<PruneFacts, "hosts" | "named" | "policy" | "now" | "timeZone">;

/** Plans for some of the hosts that the vault holds. A host that cannot be read is a failure and does not stop the others. */
export async function planHosts(
  selected: readonly string[],
  rules: PruneRules,
  { vault, log, signal }: PruneContext,
): Promise<PruneOutcome> {
  const catalog = await openCatalog(vault, { log, signal, scope: { hosts: selected } });
  let plan: PrunePlan;
  const failures: ReportedFailure[] = [];
  try {
    for (const { host, error } of catalog.unreadable) failures.push(noteHostFailure(host, error, log));
    const unsealed: PruneFacts["unsealed"][number][] = [];
    for (const host of new Set(catalog.unsealed().map((archive) => archive.host)))
      await noteFailure(failures, { host, log, signal }, async () => {
        unsealed.push(...(await vault.unsealed(host)));
      });
    const unreadable = new Set(failures.map(({ subject }) => subject));
    const held = catalog.held().filter(({ host }) => !unreadable.has(host));
    plan = planPrune({ ...rules, held, unsealed, prunedAs: catalog.prunedAs });
  } finally {
    catalog.close();
  }
  for (const warning of plan.warnings) log.warn(warning);
  return { ...plan, failures };
}

/**
 * Carries a plan out; each removal is recorded, durably, before it is done. Where one fails, the rest of its application
 * stays for now, and the others go on. Returns what was really done: what could not be removed is kept, with the reason.
 */
export async function removeArchives(plan: PruneOutcome, context: PruneContext): Promise<PruneOutcome> {
  const decisions: PruneDecision[] = [];
  const failures = [...plan.failures];
  const failedPlaces = new Set<string>();
  const newestGood = new Map<string, PruneDecision>(
    plan.decisions.flatMap((one) => (isNewestGood(one) ? [[`${one.host}/${one.application}`, one] as const] : [])),
  );
  for (const decision of plan.decisions) {
    const { host, application, action } = decision;
    const place = `${host}/${application}`;
    let problem: string | undefined;
    if (action === "remove") {
      context.signal.throwIfAborted();
      if (failedPlaces.has(place)) problem = "another one could not be removed";
      else if (
        !(await noteFailure(failures, { host, ...context }, () =>
          removeBeside(newestGood.get(place), decision, context),
        ))
      )
        problem = "it could not be removed";
    }
    if (problem !== undefined && !decision.isInterrupted) failedPlaces.add(place);
    decisions.push(problem === undefined ? decision : { ...decision, action: "keep", reasons: [problem] });
  }
  return { ...plan, decisions, failures };
}

/** Removes an archive if the one that is to outlive all others is still what it was. */
async function removeBeside(
  survivor: PruneDecision | undefined,
  decision: PruneDecision,
  context: PruneContext,
): Promise<void> {
  if (survivor !== undefined) await refuseChanged(survivor, context);
  await remove(decision, context);
}

function isNewestGood({ action, reasons }: PruneDecision): boolean {
  return action === "keep" && reasons.includes(newestGoodReason);
}

async function remove(decision: PruneDecision, { vault, log, signal }: PruneContext): Promise<void> {
  const { host, application, name, bytes, sha1, reasons, isInterrupted } = decision;
  if (sha1 === undefined) throw new Error(`an archive without a readable sidecar is never removed, got ${name}`);
  const id = { host, application, name };
  if (isInterrupted) await refuseOther({ ...id, sha1 }, { vault, signal });
  else {
    await refuseChanged(decision, { vault, log, signal });
    await vault.record({ event: "pruned", at: new Date().toISOString(), ...id, bytes, sha1, reasons });
  }
  await vault.remove(id);
  log.info(`${host}: removed ${application}/${name}: ${reasons.join(", ")}`);
}

// In a large vault, the plan knows archives by their names: somebody may have put another file there.
async function refuseChanged(
  { host, application, name, bytes, sha1 }: StoredArchive,
  { vault, log, signal }: PruneContext,
): Promise<void> {
  const now = vault.look({ host, application, name });
  if (now?.bytes === bytes && now.sha1 === sha1) return;
  const catalog = await openCatalog(vault, { log, signal, scope: { hosts: [host], application } }); // learns of it
  catalog.close();
  throw new OperationError("vault-unusable", `${host}/${application}/${name} is not the archive any more that it was`, {
    hint: `somebody has changed it or its sidecar by hand, or taken it away. Nothing more of ${application} was removed: look at it with \`archiver prune ${host} --dry-run\``,
  });
}

async function refuseOther(
  { sha1, ...id }: ArchiveId & { sha1: string },
  { vault, signal }: Pick<PruneContext, "vault" | "signal">,
): Promise<void> {
  if ((await vault.hash(id, signal)) === sha1) return;
  throw new OperationError(
    "vault-unusable",
    `${id.application}/${id.name} lies in the vault without a sidecar and is not the archive that was to be removed`,
    { hint: "it was put there by hand, or its removal was cut off and the disk has damaged it: move it away" },
  );
}

async function noteFailure(
  failures: ReportedFailure[],
  { host, log, signal }: Pick<PruneContext, "log" | "signal"> & { host: string },
  action: () => Promise<void>,
): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    failures.push(noteHostFailure(host, error, log));
    return false;
  }
}
