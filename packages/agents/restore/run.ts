import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { formatArchiveTime } from "@catapullt/core/archive/name";
import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";
import { acquireLock } from "@catapullt/core/lock";
import { declarePublic } from "@catapullt/core/log/redaction";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { createHost } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";
import type { ResolvedApplication } from "../config/resolve.ts";
import { type AgentConfig, defaultWorkDirectory } from "../config/schema.ts";
import type { DefinerChoice } from "../databases/engine.ts";
import { carryOut, type PreparedDatabase, type PreparedRestore } from "./carry-out.ts";
import { confirm } from "./confirm.ts";
import { pairDatabases } from "./databases.ts";
import { locateForRestore } from "./locate.ts";
import { planRestore, type RestoreOptions, type RestorePlan } from "./plan.ts";
import { renderPlan } from "./render.ts";
import type { RestoreResult } from "./result.ts";
import { findRunning } from "./running.ts";
import type { Selection } from "./selection.ts";
import { removeAbandonedStages } from "./stage.ts";
import { type ArchiveSurvey, surveyArchive } from "./survey.ts";
import { examineTrees, findShortages } from "./targets.ts";
import { createRecorder, describeUnfinished, readUnfinished, removeUnfinishedDumps } from "./unfinished.ts";
import { verify } from "./verify.ts";

export interface RestoreRequest extends RestoreOptions {
  application: ResolvedApplication;
  /** Path of the archive. */
  archive: string;
  selection: Selection;
  definer: DefinerChoice;
  dryRun: boolean;
  yes: boolean;
}

export interface FinishedRestore {
  plan: RestorePlan;
  /** The archive's. */
  manifest: Manifest;
  /** Undefined after a dry run. */
  result: RestoreResult | undefined;
}

/**
 * Restores an application in its place: verify, look, ask, stage, load, put in place. Shares its lock with backups. Nothing is
 * changed before the whole archive is verified and everything that was looked at allows it; nothing old is deleted.
 */
export async function runRestore(
  request: RestoreRequest,
  config: AgentConfig,
  context: CommandContext,
): Promise<FinishedRestore> {
  const { application } = request;
  const stateDirectory = config.stateDir ?? defaultStateDirectory(context.environment);
  const lock = await acquireLock(join(stateDirectory, "locks"), `backup-agent-${application.name}`);
  try {
    const prepared = await prepare(request, { config, stateDirectory }, context);
    const { plan, verified } = prepared;
    const { manifest } = verified;
    if (request.dryRun) return { plan, manifest, result: undefined };
    refuse(plan);
    await confirm({ isGiven: request.yes, text: renderPlan(plan) }, context);
    return { plan, manifest, result: await carryOut(prepared, context) };
  } finally {
    lock.release();
  }
}

async function prepare(
  request: RestoreRequest,
  { config, stateDirectory }: { config: AgentConfig; stateDirectory: string },
  context: CommandContext,
): Promise<PreparedRestore> {
  const { archive, selection, definer } = request;
  const { environment, log, signal } = context;
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    log.warn(message);
  };
  const { name, type } = request.application;
  const startedAt = new Date();
  const stamp = formatArchiveTime(startedAt);
  const verified = await verify(archive, context);
  const { manifest } = verified;
  declarePublic(name, type.name, hostname());
  const unfinished = await readUnfinished(stateDirectory, name);
  for (const line of await describeUnfinished(stateDirectory, name)) warn(line);

  const host = createHost({ environment, log, signal });
  const survey = once(() => surveyArchive(archive, { manifest, selection, signal }));
  const found = await locateForRestore(request.application, host, survey);
  declareDatabases(found.application);
  const surveyed = selection.paths.length === 0 ? undefined : await survey();
  const trees = await examineTrees({
    manifest,
    located: found.application.trees,
    selection,
    wantedBytes: surveyed?.wantedBytes,
  });
  if (!request.dryRun) {
    const left = unfinished === undefined ? [] : await removeUnfinishedDumps(unfinished);
    for (const parent of new Set(trees.map(({ stageParent }) => stageParent)))
      left.push(...(await removeAbandonedStages(parent)));
    for (const path of left) log.info(`removed ${path}, left by a restore that was killed`);
  }
  const keepDirectory = join(config.workDir ?? defaultWorkDirectory, name, `before-restore-${stamp}`);
  const databases: PreparedDatabase[] = [];
  const databaseContext = { environment, signal, log, warn };
  for (const pair of pairDatabases(manifest, found.application.databases, selection)) {
    const targetRequest = { settings: pair.settings, recorded: pair.recorded, definer, stamp, keepDirectory };
    databases.push({ ...pair, targetRequest, target: await pair.restorer.examine(targetRequest, databaseContext) });
  }
  const plan = planRestore(
    {
      archive: { path: archive, bytes: verified.bytes },
      manifest,
      application: name,
      type: type.name,
      foundIn: found.foundIn,
      installedVersion: found.installedVersion,
      running: await findRunning(found.application, host),
      trees,
      databases: databases.map(({ recorded: { name: database, member, bytes }, target }) => {
        return { name: database, member, bytes, target, isHalf: unfinished?.databases.includes(target.title) === true };
      }),
      shortages: await findShortages([
        ...trees.map(({ stageParent, bytes }) => ({ path: stageParent, bytes })),
        ...databases.flatMap(({ settings, recorded }) =>
          settings.file === undefined ? [] : [{ path: dirname(settings.file), bytes: recorded.bytes }],
        ),
      ]),
      unmatched: selection.paths.filter((path) => surveyed !== undefined && !surveyed.matched.has(path)),
      stamp,
    },
    request,
  );
  return {
    ...request,
    databaseContext,
    warnings,
    config,
    plan,
    verified,
    located: found.application,
    trees,
    databases,
    stamp,
    startedAt,
    keepDirectory,
    recorder: createRecorder({
      stateDirectory,
      application: name,
      record: { archive, stamp, trees: trees.map(({ path }) => path), keepDirectory },
      previous: unfinished,
    }),
  };
}

function refuse({ refusals, application }: RestorePlan): void {
  if (refusals.length === 0) return;
  const problems = refusals.map(({ problem }) => problem);
  const message = problems.length === 1 ? problems.join("") : `${problems.map((line) => `- ${line}`).join("\n")}`;
  throw new OperationError(
    "restore-refused",
    problems.length === 1 ? message : `${application} is not restored, for ${problems.length} reasons:\n${message}`,
    {
      hint: `${[...new Set(refusals.map(({ remedy }) => remedy))].join("\n")}\nnothing was changed`,
    },
  );
}

function declareDatabases({ databases }: LocatedApplication): void {
  declarePublic(...databases.flatMap(({ name, user }) => [name, user]));
}

function once(read: () => Promise<ArchiveSurvey>): () => Promise<ArchiveSurvey> {
  let result: Promise<ArchiveSurvey> | undefined;
  return () => {
    result ??= read();
    return result;
  };
}
