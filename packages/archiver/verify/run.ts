import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";
import { createProgress } from "@catapullt/core/progress";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { ArchiverConfig } from "../config/schema.ts";
import { noteHostFailure } from "../report/run-report.ts";
import { gatherKnowledge } from "../vault/knowledge.ts";
import { withVaultLocked } from "../vault/lock.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { ArchiveId, StoredArchive, Vault } from "../vault/vault.ts";
import { examine, type Finding, type ReadContext } from "./examine.ts";
import type { VerifyOptions } from "./options.ts";
import type { VerifyOutcome, VerifyRun } from "./outcome.ts";
import { createPace } from "./pace.ts";
import { planVerify } from "./plan.ts";
import { type Damage, describeDamage } from "./quarantine.ts";

export interface VerifyRequest {
  vault: Vault;
  config: ArchiverConfig;
  hosts: readonly string[];
  options: VerifyOptions;
}

interface Work {
  request: VerifyRequest;
  context: CommandContext;
  reading: ReadContext;
  stored: StoredArchive[];
}

/** Verifies what the vault holds of these hosts, one archive after the other. Rejects only when the run is ended. */
export async function runVerify(request: VerifyRequest, context: CommandContext): Promise<VerifyRun> {
  const { vault, options } = request;
  const lock = await vault.lock("verify");
  const startedAt = performance.now();
  try {
    const { stored, failures } = await listStored(request, context);
    const receipts = await vault.receipts();
    const plan = planVerify({
      stored,
      knowledge: gatherKnowledge(receipts),
      now: new Date(),
      ...options,
      random: Math.random,
    });
    const outcomes = await verifyAll(plan, { request, context, stored, arrivedAs: arrivals(receipts) });
    return { outcomes, failures, held: stored.length, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    lock.release();
  }
}

async function listStored({ vault, hosts }: VerifyRequest, { log }: CommandContext) {
  const stored: StoredArchive[] = [];
  const failures: ReportedFailure[] = [];
  for (const host of hosts) {
    try {
      stored.push(...(await vault.stored(host)));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      failures.push(noteHostFailure(host, error, log));
    }
  }
  return { stored, failures };
}

async function verifyAll(
  plan: readonly StoredArchive[],
  { arrivedAs, ...rest }: Omit<Work, "reading"> & Pick<ReadContext, "arrivedAs">,
): Promise<VerifyOutcome[]> {
  const { vault, options } = rest.request;
  const { signal, terminal } = rest.context;
  const progress = createProgress(
    terminal,
    plan.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const pace = options.rate === undefined ? undefined : createPace(options.rate, { signal });
  const reading = { vault, signal, arrivedAs, reading: { signal, onProgress: progress.advance, pace } };
  const outcomes: VerifyOutcome[] = [];
  try {
    for (const archive of plan) {
      signal.throwIfAborted();
      progress.describe(`${archive.host} ${archive.name}`);
      outcomes.push(await verifyOne(archive, { ...rest, reading }));
    }
  } finally {
    progress.end();
  }
  return outcomes;
}

async function verifyOne(archive: StoredArchive, work: Work): Promise<VerifyOutcome> {
  const startedAt = performance.now();
  const finding = await examine(archive, work.reading);
  const seconds = (performance.now() - startedAt) / 1000;
  const result = await conclude(archive, finding, work).catch((error: unknown): Conclusion => {
    work.context.signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    return { result: "failed", error };
  });
  return tell({ ...archive, seconds }, result, work);
}

interface Conclusion extends Pick<VerifyOutcome, "result" | "warning" | "quarantine"> {
  error?: OperationError;
}

async function conclude(archive: StoredArchive, finding: Finding, work: Work): Promise<Conclusion> {
  const { vault } = work.request;
  switch (finding.kind) {
    case "whole": {
      const { sha1, bytes, warning } = finding;
      await vault.record({ event: "verified", at: new Date().toISOString(), ...idOf(archive), bytes, sha1 });
      return { result: "whole", ...(warning === undefined ? {} : { warning }) };
    }
    case "damaged":
      return quarantine(archive, finding, work);
    case "gone":
      return (await wasTakenAway(archive, vault)) ? { result: "gone" } : { result: "failed", error: vanished(archive) };
    case "failed":
      return { result: "failed", error: finding.error };
  }
}

// A pull holds the vault for as long as it takes: the archive then stays, and the next run comes to it first.
async function quarantine(archive: StoredArchive, damage: Damage, work: Work): Promise<Conclusion> {
  const { request, context, stored } = work;
  const { vault, config } = request;
  let path: string | undefined;
  let trouble = "";
  try {
    const at = new Date().toISOString();
    path = await withVaultLocked({ vault, config, environment: context.environment }, () =>
      moveAway(archive, damage, { vault, at }),
    );
    await recordQuarantine(archive, damage, { vault, at, path });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    trouble = error.message;
  }
  if (path === undefined) {
    const place = `it lies where it lay: ${trouble}. Run \`archiver verify ${archive.host}\` again after that`;
    return { result: "failed", error: describeDamage(archive, damage, { place, stored }) };
  }
  const place = `it was moved to ${join(vault.location, path)}, with a report beside it${trouble === "" ? "" : `; ${trouble}`}`;
  return { result: "quarantined", quarantine: path, error: describeDamage(archive, damage, { place, stored }) };
}

function moveAway(
  archive: StoredArchive,
  { reason, expected, found }: Damage,
  { vault, at }: { vault: Vault; at: string },
): Promise<string> {
  const facts = { expected: { sha1: expected }, found: { sha1: found, bytes: archive.bytes } };
  return vault.quarantine(idOf(archive), { at, reason, ...facts });
}

function recordQuarantine(
  archive: StoredArchive,
  { reason, expected }: Damage,
  { vault, at, path }: { vault: Vault; at: string; path: string },
): Promise<void> {
  const { bytes } = archive;
  return vault.record({ event: "quarantined", at, ...idOf(archive), bytes, sha1: expected, path, reason });
}

function tell(archive: StoredArchive & { seconds: number }, conclusion: Conclusion, work: Work): VerifyOutcome {
  const { log } = work.context;
  const { error, ...facts } = conclusion;
  const { host, name, bytes, seconds } = archive;
  if (facts.warning !== undefined) log.warn(`${host}: ${facts.warning}`);
  if (error !== undefined) return { ...archive, ...facts, failure: noteHostFailure(host, error, log) };
  if (facts.result === "gone") log.info(`${host}: ${name} was removed meanwhile`);
  else log.info(`${host}: ${name} is whole: ${formatBytes(bytes)} in ${formatDuration(seconds * 1000)}`);
  return { ...archive, ...facts };
}

async function wasTakenAway(archive: StoredArchive, vault: Vault): Promise<boolean> {
  return (await vault.receipts()).some(
    (receipt) => receipt.event === "pruned" && keyOf(receipt) === keyOf(archive) && receipt.sha1 === archive.sha1,
  );
}

function vanished({ host, application, name }: StoredArchive): OperationError {
  return new OperationError("vault-unusable", `${host}/${application}/${name} has vanished from the vault`, {
    hint: "no command of archiver has removed it. Is the vault's disk still mounted, and who else writes there?",
  });
}

function arrivals(receipts: readonly Receipt[]): (archive: StoredArchive) => string | undefined {
  const hashes = new Map<string, string>();
  for (const receipt of receipts) if (receipt.event === "stored") hashes.set(keyOf(receipt), receipt.sha1);
  return (archive) => hashes.get(keyOf(archive));
}

function idOf({ host, application, name }: ArchiveId): ArchiveId {
  return { host, application, name };
}

function keyOf({ host, application, name }: ArchiveId): string {
  return [host, application, name].join("/");
}
