import { mkdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { formatArchiveTime } from "@catapullt/core/archive/name";
import type { VerifiedArchive } from "@catapullt/core/archive/verify";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import type { CommandContext } from "@catapullt/core/cli/program";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { declarePublic } from "@catapullt/core/log/redaction";
import { createProgress, type Progress } from "@catapullt/core/progress/progress";
import { formatBytes } from "@catapullt/core/units";
import { findApplicationType } from "../applications/registry.ts";
import type { RestoredData, SanityCheck } from "../applications/sanity/sanity.ts";
import type { Selection } from "../restore/selection.ts";
import { findShortages } from "../restore/targets.ts";
import { verify } from "../restore/verify.ts";
import { drillDatabases } from "./databases.ts";
import { drillFiles } from "./files.ts";
import { type Finding, findingOf } from "./findings.ts";
import { type DrillPlan, planDrill } from "./plan.ts";
import { type DrillReport, describeArchive, drillReportVersion } from "./report.ts";
import { createStepClock, type StepClock } from "./steps.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

export interface DrillRequest {
  archive: string;
  selection: Selection;
  /** An existing directory with room for all that the archive holds. */
  directory: string;
  /** Where the report is kept. */
  reportFile: string;
}

interface Drill {
  request: DrillRequest;
  context: CommandContext;
  clock: StepClock;
  progress: Progress;
  findings: Finding[];
  warnings: string[];
  figures: DrillReport["figures"];
  databases: DrillReport["databases"];
  verified: VerifiedArchive | undefined;
  covers: DrillReport["covers"];
}

/**
 * Restores an archive into throwaway servers and a directory of its own, asks what its type wants to know, and leaves nothing
 * behind but a report. Whatever is wrong with the archive is a finding; throws only where the drill itself could not be held.
 */
export async function runDrill(request: DrillRequest, context: CommandContext): Promise<DrillReport> {
  const startedAt = new Date();
  const drill: Drill = {
    request,
    context,
    clock: createStepClock(),
    progress: createProgress(context.terminal),
    findings: [],
    warnings: [],
    figures: [],
    databases: [],
    verified: undefined,
    covers: [],
  };
  try {
    await holdDrill(drill, startedAt);
  } finally {
    drill.progress.end();
  }
  const report = createReport(drill, startedAt);
  await keepReport(report, request.reportFile, context);
  return report;
}

async function holdDrill(drill: Drill, startedAt: Date): Promise<void> {
  const { request, context, clock, findings } = drill;
  const { archive, selection, directory } = request;
  try {
    drill.verified = await clock.run({ step: "verify the archive", isRecovery: true }, () => verify(archive, context));
  } catch (error) {
    if (!(error instanceof OperationError) || !damaged.includes(error.code) || !(await isFile(archive))) throw error;
    findings.push(findingOf("archive", error));
    return;
  }
  const { manifest } = drill.verified;
  declarePublic(manifest.application, manifest.type, ...manifest.databases.map(({ name }) => name));
  const plan = planDrill(manifest, selection);
  drill.covers = plan.covers;
  if (plan.covers.length === 0) {
    throw new OperationError("drill-failed", `${basename(archive)} holds nothing of what is to be drilled`, {
      hint: `see: backup-agent inspect ${archive}`,
    });
  }
  await requireRoom(plan, directory);
  const workspace = await createWorkspace(directory);
  try {
    await restoreAndAsk(drill, { plan, workspace, stamp: formatArchiveTime(startedAt) });
  } finally {
    await workspace.remove();
  }
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true;
}

const damaged = ["archive-invalid", "archive-unsafe"];

interface PreparedDrill {
  plan: DrillPlan;
  workspace: Workspace;
  stamp: string;
}

async function restoreAndAsk(drill: Drill, { plan, workspace, stamp }: PreparedDrill): Promise<void> {
  const { request, context, clock, progress, findings, verified } = drill;
  if (verified === undefined) throw new Error("unreachable: only what was verified is restored");
  const { environment, signal, log } = context;
  const warn = (message: string) => {
    drill.warnings.push(message);
    log.warn(message);
  };
  const shared = { archive: request.archive, workspace, clock, onProgress: progress.advance };
  progress.describe("databases");
  const databases = await drillDatabases(plan, { ...shared, stamp, context: { environment, signal, log, warn } });
  try {
    drill.databases = databases.described;
    findings.push(...databases.findings);
    progress.describe("files");
    const files =
      plan.trees.length === 0
        ? undefined
        : await drillFiles(plan, { ...shared, verified, selection: request.selection, environment, signal });
    findings.push(...(files?.findings ?? []));
    const data = { manifest: verified.manifest, databases: databases.restored, files: files?.restored };
    progress.describe("questions");
    await askAll(drill, data, warn);
  } finally {
    await databases.stop();
  }
}

async function askAll(drill: Drill, data: RestoredData, warn: (message: string) => void): Promise<void> {
  const { type, keysOf } = data.manifest;
  if (keysOf !== undefined) return; // the questions are about data
  const checks = findApplicationType(type)?.sanityChecks;
  if (checks === undefined)
    warn(`this release knows no applications of type ${type}: what their data mean was not asked`);
  for (const check of checks ?? []) {
    if (!canBeAsked(check, data)) continue;
    const { findings, figures } = await drill.clock.run({ step: `ask: ${check.title}`, isRecovery: false }, () =>
      ask(check, data, drill.context.signal),
    );
    drill.findings.push(...findings.map((message) => ({ subject: data.manifest.application, message })));
    drill.figures.push(...figures);
  }
}

function canBeAsked({ needs }: SanityCheck, { databases, files }: RestoredData): boolean {
  return needs.every((need) => (need === "database" ? databases.length > 0 : files !== undefined));
}

async function ask(check: SanityCheck, data: RestoredData, signal: AbortSignal) {
  try {
    return await check.ask(data);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    return { findings: [`"${check.title}" could not be answered: ${error.message}`], figures: [] };
  }
}

async function requireRoom({ bytes }: DrillPlan, directory: string): Promise<void> {
  const [shortage] = await findShortages([{ path: directory, bytes }]);
  if (shortage === undefined) return;
  throw new OperationError(
    "drill-failed",
    `the disk of ${directory} has ${formatBytes(shortage.free)} free, the drill needs up to ${formatBytes(bytes)}`,
    { hint: "name a directory on another disk with --directory DIR, or drill a part: --only database" },
  );
}

function createReport(drill: Drill, startedAt: Date): DrillReport {
  const { request, clock, findings, warnings, figures, databases, verified, covers } = drill;
  const isProven = findings.length === 0;
  return {
    schemaVersion: drillReportVersion,
    archive: basename(request.archive),
    sha1: verified?.sha1,
    ...(verified === undefined ? unknownArchive : describeArchive(verified.manifest)),
    drilledOn: hostname(),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    proven: isProven,
    covers,
    recoverySeconds: isProven ? clock.recoverySeconds() : undefined,
    steps: clock.steps,
    databases,
    figures,
    findings,
    warnings,
  };
}

const unknownArchive = {
  application: undefined,
  type: undefined,
  version: undefined,
  host: undefined,
  archivedAt: undefined,
};

async function keepReport(report: DrillReport, file: string, { log }: CommandContext): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o750 });
    await writeFileAtomically(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o640 });
    log.debug(`the report is in ${file}`);
  } catch (error) {
    log.warn(`the report could not be written to ${file}: ${errorMessage(error)}`);
  }
}

/** Where the report of a drill is kept unless another file is named. */
export function usualReportFile(stateDirectory: string, archive: string): string {
  return join(stateDirectory, "drills", `${basename(archive)}.json`);
}
