import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";
import { createProgressBoard } from "@catapullt/core/progress/board";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { Catalog, KnownArchive } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open.ts";
import type { ArchiverConfig } from "../config/schema.ts";
import { noteHostFailure } from "../report/run-report.ts";
import { describeArchive } from "../vault/describe.ts";
import { withVaultLocked } from "../vault/lock.ts";
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
  held: readonly KnownArchive[];
  /** Archives of which nobody has recorded yet what their manifests say. */
  undescribed: ReadonlySet<string>;
}

/** Verifies what the vault holds of these hosts, one archive after the other. Rejects only when the run is ended. */
export async function runVerify(request: VerifyRequest, context: CommandContext): Promise<VerifyRun> {
  const { vault } = request;
  const lock = await vault.lock("verify");
  const startedAt = performance.now();
  try {
    const { failures, plan, ...known } = await planRun(request, context);
    const { held } = known;
    const outcomes = await verifyAll(plan, { request, context, ...known });
    return { outcomes, failures, held: held.length, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    lock.release();
  }
}

// The catalog is not kept open: a run may take days.
async function planRun({ vault, hosts, options }: VerifyRequest, { log, signal }: CommandContext) {
  const catalog = await openCatalog(vault, { log, signal, scope: { hosts }, isThorough: true });
  try {
    const unreadable = new Set(catalog.unreadable.map(({ host }) => host));
    const held = catalog.held().filter(({ host }) => !unreadable.has(host));
    const plan = planVerify({ held, now: new Date(), ...options, random: Math.random });
    const failures = catalog.unreadable.map(({ host, error }) => noteHostFailure(host, error, log));
    return { held, plan, failures, undescribed: findUndescribed(catalog) };
  } finally {
    catalog.close();
  }
}

function findUndescribed(catalog: Catalog): Set<string> {
  const archives = catalog
    .applications()
    .flatMap(({ host, application }) =>
      catalog
        .history({ hosts: [host], application })
        .flatMap((archive) => (archive.contents === undefined && archive.goneAt === undefined ? keyOf(archive) : [])),
    );
  return new Set(archives);
}

function keyOf({ host, application, name }: ArchiveId): string {
  return [host, application, name].join("/");
}

async function verifyAll(plan: readonly StoredArchive[], rest: Omit<Work, "reading">): Promise<VerifyOutcome[]> {
  const { vault, options } = rest.request;
  const { signal, terminal } = rest.context;
  const progress = createProgressBoard(terminal, {
    ...{ tasks: plan.length, noun: "archives" },
    bytes: plan.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const pace = options.rate === undefined ? undefined : createPace(options.rate, { signal });
  const arrivedAs = (archive: StoredArchive) => askAbout(archive, rest, (catalog) => catalog.arrivedAs(archive));
  const outcomes: VerifyOutcome[] = [];
  try {
    for (const archive of plan) {
      signal.throwIfAborted();
      const shown = progress.begin(archive.host, archive);
      shown.describe(archive.name);
      const reading = { vault, signal, arrivedAs, reading: { signal, onProgress: shown.advance, pace } };
      outcomes.push(await verifyOne(archive, { ...rest, reading }));
      shown.end();
      progress.finish();
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
      if (work.undescribed.has(keyOf(archive)))
        await describeArchive({ ...archive, bytes, sha1 }, { vault, signal: work.context.signal });
      return { result: "whole", ...(warning === undefined ? {} : { warning }) };
    }
    case "damaged":
      return quarantine(archive, finding, work);
    case "gone":
      return (await wasTakenAway(archive, work)) ? { result: "gone" } : { result: "failed", error: vanished(archive) };
    case "failed":
      return { result: "failed", error: finding.error };
  }
}

// A pull holds the vault for as long as it takes: the archive then stays, and the next run comes to it first.
async function quarantine(archive: StoredArchive, damage: Damage, work: Work): Promise<Conclusion> {
  const { request, context, held } = work;
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
    return { result: "failed", error: describeDamage(archive, damage, { place, stored: held }) };
  }
  const place = `it was moved to ${join(vault.location, path)}, with a report beside it${trouble === "" ? "" : `; ${trouble}`}`;
  return { result: "quarantined", quarantine: path, error: describeDamage(archive, damage, { place, stored: held }) };
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

async function wasTakenAway(archive: StoredArchive, work: Omit<Work, "reading">): Promise<boolean> {
  const pruned = await askAbout(archive, work, (catalog) => catalog.prunedAs(archive));
  return pruned !== undefined && pruned.sha1 === archive.sha1;
}

async function askAbout<Answer>(
  { host, application }: StoredArchive,
  { request, context }: Pick<Work, "request" | "context">,
  question: (catalog: Catalog) => Answer,
): Promise<Answer> {
  const { log, signal } = context;
  const catalog = await openCatalog(request.vault, { log, signal, scope: { hosts: [host], application } });
  try {
    return question(catalog);
  } finally {
    catalog.close();
  }
}

function vanished({ host, application, name }: StoredArchive): OperationError {
  return new OperationError("vault-unusable", `${host}/${application}/${name} has vanished from the vault`, {
    hint: "no command of archiver has removed it. Is the vault's disk still mounted, and who else writes there?",
  });
}

function idOf({ host, application, name }: ArchiveId): ArchiveId {
  return { host, application, name };
}
