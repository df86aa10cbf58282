import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { describeFailure } from "../report/run-report.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { DrillPlace, Vault } from "../vault/vault.ts";
import { type Agent, drillByAgent } from "./agent.ts";
import type { Verdict } from "./agent-report.ts";
import type { PlannedDrill, SealedArchive } from "./plan.ts";
import type { DrillProgress } from "./progress.ts";

/** What came of one application. */
export type DrillOutcome = { host: string; application: string } & (
  | (Verdict & { archive: SealedArchive })
  | { result: "failed"; archive: SealedArchive; failure: ReportedFailure }
  | { result: "skipped"; isDue: boolean; reason: string }
);

export interface DrillTools {
  vault: Vault;
  place: DrillPlace;
  agent: Agent;
  progress: DrillProgress;
  log: Logger;
}

/** Drills one application after the other. One that fails does not stop the others. */
export async function runDrills(plan: readonly PlannedDrill[], tools: DrillTools): Promise<DrillOutcome[]> {
  const outcomes: DrillOutcome[] = [];
  for (const drill of plan) outcomes.push(await runOne(drill, tools));
  return outcomes;
}

async function runOne(drill: PlannedDrill, tools: DrillTools): Promise<DrillOutcome> {
  const { host, application } = drill;
  if (drill.action === "skip") {
    return { host, application, result: "skipped", isDue: drill.isDue, reason: drill.reason };
  }
  const { archive } = drill;
  const { log, vault, agent, progress } = tools;
  agent.signal.throwIfAborted();
  log.info(`drilling ${host}/${application}/${archive.name}`);
  progress.begin(drill);
  try {
    const verdict = await drillHeld(archive, tools);
    await vault.record(receiptOf(archive, verdict, new Date()));
    return { host, application, archive, ...verdict };
  } catch (error) {
    if (agent.signal.aborted || !(error instanceof OperationError)) throw error;
    log.error({ code: error.code }, `${host}/${application}: ${errorMessage(error)}`);
    return { host, application, archive, result: "failed", failure: describeFailure(error) };
  } finally {
    progress.finish();
  }
}

async function drillHeld(archive: SealedArchive, { place, agent }: DrillTools): Promise<Verdict> {
  const held = await place.hold(archive);
  try {
    const verdict = await drillByAgent(held.path, archive, agent);
    if (verdict.result === "proven" || (await held.isUnchanged())) return verdict;
    throw new OperationError("drill-failed", `${archive.name} was removed from the vault while it was drilled`, {
      hint: "run it again: it takes the newest archive that is there",
    });
  } finally {
    await held.release();
  }
}

function receiptOf({ host, application, name, bytes, sha1 }: SealedArchive, verdict: Verdict, now: Date): Receipt {
  const identity = { at: now.toISOString(), host, application, name, bytes, sha1 };
  return verdict.result === "proven"
    ? { ...identity, event: "proven", seconds: verdict.seconds, covers: verdict.covers }
    : { ...identity, event: "disproven", findings: verdict.findings };
}
