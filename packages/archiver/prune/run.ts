import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { noteHostFailure } from "../report/run-report.ts";
import type { ArchiveId, Vault } from "../vault/vault.ts";
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
  const failures: ReportedFailure[] = [];
  const found: Pick<PruneFacts, "stored" | "unsealed">[] = [];
  for (const host of selected) {
    await noteFailure(failures, { host, log, signal }, async () => {
      found.push({ stored: await vault.stored(host), unsealed: await vault.unsealed(host) });
    });
  }
  const plan = planPrune({
    ...rules,
    stored: found.flatMap(({ stored }) => stored),
    unsealed: found.flatMap(({ unsealed }) => unsealed),
    receipts: await vault.receipts(),
  });
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
  for (const decision of plan.decisions) {
    const { host, application, action } = decision;
    const place = `${host}/${application}`;
    let problem: string | undefined;
    if (action === "remove") {
      context.signal.throwIfAborted();
      if (failedPlaces.has(place)) problem = "another one could not be removed";
      else if (!(await noteFailure(failures, { host, ...context }, () => remove(decision, context))))
        problem = "it could not be removed";
    }
    if (problem !== undefined && !decision.isInterrupted) failedPlaces.add(place);
    decisions.push(problem === undefined ? decision : { ...decision, action: "keep", reasons: [problem] });
  }
  return { ...plan, decisions, failures };
}

async function remove(decision: PruneDecision, { vault, log, signal }: PruneContext): Promise<void> {
  const { host, application, name, bytes, sha1, reasons, isInterrupted } = decision;
  if (sha1 === undefined) throw new Error(`an archive without a readable sidecar is never removed, got ${name}`);
  const id = { host, application, name };
  if (isInterrupted) await refuseOther({ ...id, sha1 }, { vault, signal });
  else await vault.record({ event: "pruned", at: new Date().toISOString(), ...id, bytes, sha1, reasons });
  await vault.remove(id);
  log.info(`${host}: removed ${application}/${name}: ${reasons.join(", ")}`);
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
