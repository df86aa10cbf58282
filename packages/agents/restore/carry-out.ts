import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { VerifiedArchive } from "@catapullt/core/archive/verify";
import type { CommandContext } from "@catapullt/core/cli/program";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { createProgress, type Progress } from "@catapullt/core/progress/progress";
import { quoteForShell } from "@catapullt/core/shell-words";
import { isInside } from "../applications/files/trees.ts";
import type { LocatedApplication } from "../applications/type.ts";
import { resolveGroup } from "../backup/group.ts";
import { prepareWorkDirectory } from "../backup/work-directory.ts";
import { type AgentConfig, defaultWorkDirectory } from "../config/schema.ts";
import type {
  DatabaseContext,
  KeptContent,
  LoadedDatabase,
  RestoreTarget,
  TargetRequest,
} from "../databases/engine.ts";
import type { DatabasePair } from "./databases.ts";
import { readDump } from "./dump-source.ts";
import type { RestorePlan } from "./plan.ts";
import { createJournal, findConflicts, type Journal, publishTree, takeBack } from "./publish.ts";
import type { RestoreResult } from "./result.ts";
import type { Selection } from "./selection.ts";
import { createStages, type Stages, stageTrees } from "./stage.ts";
import { nearestExisting, type TreeTarget } from "./targets.ts";
import type { RestoreRecorder } from "./unfinished.ts";

export interface PreparedDatabase extends DatabasePair {
  targetRequest: TargetRequest;
  target: RestoreTarget;
}

/** All that is known and decided when the work begins. */
export interface PreparedRestore {
  archive: string;
  selection: Selection;
  replace: boolean;
  config: AgentConfig;
  plan: RestorePlan;
  verified: VerifiedArchive;
  located: LocatedApplication;
  trees: TreeTarget[];
  databases: PreparedDatabase[];
  stamp: string;
  startedAt: Date;
  databaseContext: DatabaseContext;
  /** Grows while it runs. */
  warnings: string[];
  keepDirectory: string;
  recorder: RestoreRecorder;
}

interface Work {
  prepared: PreparedRestore;
  context: CommandContext;
  stages: Stages;
  journal: Journal;
  loaded: { name: string; database: LoadedDatabase }[];
  kept: KeptContent[];
  progress: Progress;
}

const conflictLimit = 10;

/**
 * Files are staged first, which touches nothing; then databases are loaded; then everything is put in place by renaming. What
 * fails is taken back, and the error says where everything is.
 */
export async function carryOut(prepared: PreparedRestore, context: CommandContext): Promise<RestoreResult> {
  const work: Work = {
    prepared,
    context,
    stages: createStages(prepared.stamp),
    journal: createJournal(),
    loaded: [],
    kept: [],
    progress: createProgress(context.terminal),
  };
  try {
    await prepared.recorder.begin();
    await stage(work);
    await load(work);
    context.signal.throwIfAborted();
    await publish(work);
  } catch (error) {
    throw await explain(error, work);
  } finally {
    work.progress.end();
    for (const problem of await work.stages.remove()) context.log.warn(problem);
    await prepared.recorder.end();
  }
  const { plan, located, verified, startedAt } = prepared;
  return {
    restored: plan.steps.map(({ what, to, bytes }) => ({ what, to, bytes })),
    kept: [...work.kept, ...keptFiles(work.journal)],
    next: located.restoreNotes(verified.manifest.version.after),
    warnings: prepared.warnings,
    seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
  };
}

async function stage({ prepared, context, stages, progress }: Work): Promise<void> {
  const { trees, archive, verified, selection, replace } = prepared;
  if (trees.length === 0) return;
  context.log.info("reading the files out of the archive");
  progress.describe("files");
  const directories = new Map<string, string>();
  for (const { label, stageParent } of trees) directories.set(label, await stages.in(stageParent));
  const { environment, signal } = context;
  const { sha1, manifest } = verified;
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
  if (replace) return;
  for (const target of trees.filter(({ mode }) => mode === "merge")) {
    const conflicts = await findConflicts(await stagedTree(stages, target), target.path, conflictLimit);
    if (conflicts.length === 0) continue;
    throw new OperationError(
      "restore-refused",
      `these files are there already, and differ from those of the archive:\n${conflicts.join("\n")}`,
      {
        hint: "use --replace, which keeps them under another name, or restore elsewhere with --to DIR; nothing was changed",
      },
    );
  }
}

async function load({ prepared, context, stages, loaded, progress, kept }: Work): Promise<void> {
  const { archive, replace, trees } = prepared;
  const { signal, log } = context;
  for (const { recorded, restorer, settings, target, targetRequest } of prepared.databases) {
    await prepared.recorder.loading(target.title);
    log.info(`loading the database ${recorded.name}`);
    progress.describe(`database ${recorded.name}`);
    const file = settings.file;
    const outer = trees.find(({ path, mode }) => file !== undefined && mode !== "merge" && isInside(file, path));
    const database = await restorer.load(
      {
        ...targetRequest,
        replace,
        source: readDump(archive, recorded, { signal, onProgress: progress.advance }),
        prepareKeepDirectory: () => prepareKeepDirectory(prepared),
        prepareStageDirectory: async () =>
          await stages.in(outer?.stageParent ?? (await nearestExisting(dirname(file ?? "/")))),
      },
      prepared.databaseContext,
    );
    loaded.push({ name: recorded.name, database });
    if (database.kept !== undefined) kept.push(database.kept);
  }
}

async function publish({ prepared, context, stages, journal, loaded, kept }: Work): Promise<void> {
  const { trees, stamp } = prepared;
  if (trees.length > 0) context.log.info("putting the files in place");
  for (const target of trees) {
    await publishTree({ target, staged: await stagedTree(stages, target), stamp }, journal);
  }
  for (const { database } of loaded) {
    const renamed = await database.publish();
    if (renamed !== undefined) kept.push(renamed);
  }
}

async function stagedTree(stages: Stages, { stageParent, label }: TreeTarget): Promise<string> {
  return join(await stages.in(stageParent), label);
}

async function prepareKeepDirectory({ config, located, keepDirectory }: PreparedRestore): Promise<void> {
  const workDir = config.workDir ?? defaultWorkDirectory;
  await prepareWorkDirectory({
    workDir,
    mayCreate: workDir === defaultWorkDirectory,
    application: located.name,
    group: await resolveGroup(config.archiveGroup),
    roots: located.trees.map(({ root }) => root),
  });
  await mkdir(keepDirectory, { mode: 0o700, recursive: true });
}

function keptFiles({ kept }: Journal): KeptContent[] {
  return kept.map(({ original, path }) => ({
    what: `the old ${original}`,
    path,
    comesBackBy: original.endsWith("/*")
      ? `move its entries to ${original.slice(0, -2)}`
      : `mv ${quoteForShell(path)} ${quoteForShell(original)} (once the restored one is moved away)`,
  }));
}

/** Takes back what can be taken back; the error then says how everything stands. */
async function explain(error: unknown, { context, journal, loaded, kept }: Work): Promise<unknown> {
  const problems = await takeBack(journal);
  for (const { database } of loaded) await database.discard();
  const state = [
    ...(loaded.length === 0 ? [] : loaded.map(({ name }) => `database ${name} had been loaded already`)),
    ...(problems.length === 0 ? [] : problems.map((problem) => `could not be taken back: ${problem}`)),
    ...[...kept, ...keptFiles(journal)].map(
      ({ what, path, comesBackBy }) => `${what} is in ${path} and comes back by: ${comesBackBy}`,
    ),
  ];
  if (problems.length === 0) state.push("the application's files are as they were");
  if (context.signal.aborted) {
    for (const line of state) context.log.warn(line);
    return context.signal.reason;
  }
  if (!(error instanceof OperationError) || state.length === 0) return error;
  if (error.code === "restore-refused" && loaded.length === 0) return error;
  return new OperationError(error.code, `${errorMessage(error)}\n${state.join("\n")}`, {
    hint: error.hint,
    cause: error,
  });
}
