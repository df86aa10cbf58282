import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { formatArchiveTime } from "@catapullt/core/archive/name";
import type { VerifiedArchive } from "@catapullt/core/archive/verify";
import { syncDirectory } from "@catapullt/core/atomic-file";
import type { CommandContext } from "@catapullt/core/cli/program";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { createProgress } from "@catapullt/core/progress/progress";
import { formatBytes } from "@catapullt/core/units";
import { confirm } from "./confirm.ts";
import { readDump } from "./dump-source.ts";
import type { Refusal, RestorePlan } from "./plan.ts";
import { renderPlan } from "./render.ts";
import type { RestoreResult } from "./result.ts";
import type { FinishedRestore } from "./run.ts";
import type { Selection } from "./selection.ts";
import { createStages, removeAbandonedStages, stageTrees } from "./stage.ts";
import { surveyArchive } from "./survey.ts";
import { findShortages, nearestExisting } from "./targets.ts";
import { verify } from "./verify.ts";

export interface ExtractRequest {
  /** The application's name, which the archive must bear. */
  application: string;
  archive: string;
  /** A directory that is empty or not there yet. */
  directory: string;
  selection: Selection;
  replace: boolean;
  dryRun: boolean;
  yes: boolean;
}

/**
 * Takes files and dumps out of an archive into a directory, laid out as in the archive; the application and its databases are not
 * touched, and need not exist. The directory appears when everything is in it.
 */
export async function extractTo(request: ExtractRequest, context: CommandContext): Promise<FinishedRestore> {
  const startedAt = new Date();
  const stamp = formatArchiveTime(startedAt);
  const directory = resolve(request.directory);
  const verified = await verify(request.archive, context);
  const plan = await planExtraction({ ...request, directory }, verified, { signal: context.signal, stamp });
  if (request.dryRun) return { plan, manifest: verified.manifest, result: undefined };
  const [refusal] = plan.refusals;
  if (refusal !== undefined)
    throw new OperationError("restore-refused", refusal.problem, { hint: `${refusal.remedy}; nothing was changed` });
  await confirm({ isGiven: request.yes, text: renderPlan(plan) }, context);
  const parent = dirname(directory);
  const stages = createStages(stamp);
  try {
    await mkdir(parent, { recursive: true });
    for (const path of await removeAbandonedStages(parent))
      context.log.info(`removed ${path}, left by a restore that was killed`);
    const staged = await writeAll({ ...request, directory }, verified, { context, staged: await stages.in(parent) });
    const kept = await moveAside(directory, stamp);
    await rename(staged, directory);
    await syncDirectory(parent);
    return { plan, manifest: verified.manifest, result: resultOf(plan, kept, startedAt) };
  } catch (error) {
    context.signal.throwIfAborted();
    throw explain(error, directory);
  } finally {
    for (const problem of await stages.remove()) context.log.warn(problem);
  }
}

async function planExtraction(
  { application, archive, directory, selection, replace }: ExtractRequest,
  { manifest }: VerifiedArchive,
  { signal, stamp }: { signal: AbortSignal; stamp: string },
): Promise<RestorePlan> {
  const surveyed =
    selection.paths.length === 0 ? undefined : await surveyArchive(archive, { manifest, selection, signal });
  const databases = manifest.databases.filter(({ member }) => selection.database(member));
  const trees = manifest.trees.filter(({ label }) => selection.tree(label) !== "none");
  const steps = [
    ...databases.map(({ name, member, bytes }) => ({ what: `dump of ${name}`, to: join(directory, member), bytes })),
    ...trees.map(({ label, bytes }) => ({
      what: `files of ${label}`,
      to: join(directory, "files", label),
      bytes: surveyed?.wantedBytes.get(label) ?? bytes,
    })),
  ].map((step) => ({ ...step, keeps: undefined }));
  const needed = steps.reduce((sum, { bytes }) => sum + bytes, 0);
  const content = await listContent(directory);
  const refusals: Refusal[] = [
    ...([manifest.application, manifest.keysOf].includes(application)
      ? []
      : [
          {
            problem: `this is an archive of ${manifest.application}, not of ${application}`,
            remedy: `name that one: backup-agent restore ${manifest.application} …`,
          },
        ]),
    ...selection.paths
      .filter((path) => surveyed?.matched.has(path) === false)
      .map((path) => ({
        problem: `the archive has no member ${path}`,
        remedy: "list them with: backup-agent inspect --files ARCHIVE",
      })),
    ...(content === 0 || replace
      ? []
      : [
          {
            problem: `${directory} is not empty: ${content} ${content === 1 ? "entry" : "entries"}`,
            remedy: "name an empty or a new directory, or use --replace, which keeps it under another name",
          },
        ]),
    ...(await findShortages([{ path: await nearestExisting(directory), bytes: needed }])).map(({ path, free }) => ({
      problem: `the disk of ${path} has ${formatBytes(free)} free, the archive's content needs ${formatBytes(needed)}`,
      remedy: "name a directory on another disk",
    })),
  ];
  return {
    archive,
    application: manifest.application,
    type: manifest.type,
    version: manifest.version.after,
    host: manifest.host,
    startedAt: manifest.startedAt,
    steps,
    notes: [
      "the application and its databases are not touched",
      ...(content > 0 && replace ? [`what is in ${directory} is renamed to ${keptName(directory, stamp)}`] : []),
    ],
    refusals,
  };
}

interface Place {
  context: CommandContext;
  staged: string;
}

async function writeAll(
  { archive, selection }: ExtractRequest,
  { manifest, sha1 }: VerifiedArchive,
  { context, staged }: Place,
): Promise<string> {
  const { environment, signal, terminal } = context;
  const progress = createProgress(terminal);
  const root = join(staged, "content");
  await mkdir(root, { mode: 0o750 });
  try {
    const trees = manifest.trees.filter(({ label }) => selection.tree(label) !== "none");
    if (trees.length > 0) {
      const files = join(root, "files");
      await mkdir(files);
      const directories = new Map(trees.map(({ label }) => [label, files]));
      await stageTrees({
        archive,
        sha1,
        manifest,
        selection,
        directories,
        environment,
        signal,
        onProgress: progress.advance,
      });
    }
    for (const recorded of manifest.databases.filter(({ member }) => selection.database(member))) {
      const path = join(root, "database", safeName(recorded.member));
      await mkdir(dirname(path), { recursive: true });
      const source = readDump(archive, recorded, { signal, onProgress: progress.advance });
      await pipeline(source, createWriteStream(path, { flags: "wx", mode: 0o600 }), { signal });
    }
  } finally {
    progress.end();
  }
  return root;
}

function safeName(member: string): string {
  const name = member.slice("database/".length);
  if (member.startsWith("database/") && !/[/\0]/.test(name) && name !== "." && name !== "..") return name;
  throw new OperationError("archive-unsafe", `the dump ${JSON.stringify(member)} has a name that leads elsewhere`);
}

async function listContent(directory: string): Promise<number> {
  try {
    return (await readdir(directory)).length;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0;
    throw new OperationError("restore-refused", `${directory} cannot be used: ${errorMessage(error)}`, {
      hint: "name a directory that is empty or does not exist yet",
      cause: error,
    });
  }
}

async function moveAside(directory: string, stamp: string): Promise<RestoreResult["kept"]> {
  if ((await listContent(directory)) === 0) {
    await rmdir(directory).catch(ignoreMissing);
    return [];
  }
  const path = keptName(directory, stamp);
  await rename(directory, path);
  return [{ what: `the old ${directory}`, path, comesBackBy: `mv ${path} ${directory}` }];
}

function ignoreMissing(error: unknown): void {
  if (!hasErrorCode(error, "ENOENT")) throw error;
}

function keptName(directory: string, stamp: string): string {
  return `${directory}.before-restore-${stamp}`;
}

function resultOf({ steps }: RestorePlan, kept: RestoreResult["kept"], startedAt: Date): RestoreResult {
  return {
    restored: steps.map(({ what, to, bytes }) => ({ what, to, bytes })),
    kept,
    next: [],
    warnings: [],
    seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
  };
}

function explain(error: unknown, directory: string): unknown {
  if (error instanceof OperationError || !(error instanceof Error && "syscall" in error)) return error;
  return new OperationError("restore-failed", `${directory} could not be written: ${errorMessage(error)}`, {
    hint: "nothing was left there: make room or give the right to write, and repeat it",
    cause: error,
  });
}
