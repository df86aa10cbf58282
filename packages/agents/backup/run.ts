import { hostname } from "node:os";
import { join } from "node:path";
import { type FinishedArchive, removeLeftovers } from "@catapullt/core/archive/writer";
import type { CommandContext } from "@catapullt/core/cli/program";
import { acquireLock } from "@catapullt/core/lock";
import type { Logger } from "@catapullt/core/log/logger";
import { declarePublic, isPublicName } from "@catapullt/core/log/redaction";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { createHost } from "../applications/host.ts";
import type { LocatedApplication, Query } from "../applications/type.ts";
import type { ResolvedApplication } from "../config/resolve.ts";
import { type AgentConfig, defaultWorkDirectory } from "../config/schema.ts";
import { databaseEngine } from "../databases/registry.ts";
import { describeUnfinished } from "../restore/unfinished.ts";
import { endInterruptedConsistency, withConsistency } from "./consistency.ts";
import { prepareDatabases } from "./dump-databases.ts";
import { resolveGroup } from "./group.ts";
import { runHooks } from "./hooks.ts";
import type { RunTrace } from "./last-run.ts";
import { separateKeys } from "./separate-keys.ts";
import { limitTime } from "./time-limit.ts";
import { prepareWorkDirectory } from "./work-directory.ts";
import { type WrittenArchive, writeArchive } from "./write-archive.ts";

export interface FinishedBackup extends WrittenArchive {
  /** That of the keys, where they are kept apart. */
  keys: FinishedArchive | undefined;
}

export interface BackupContext extends CommandContext {
  trace: RunTrace;
}

/** Backs up one application: lock, look, write, publish. Nothing finished-looking is left behind when it throws. */
export async function runBackup(
  application: ResolvedApplication,
  config: AgentConfig,
  context: BackupContext,
): Promise<FinishedBackup> {
  const lock = await acquireLock(
    join(config.stateDir ?? defaultStateDirectory(context.environment), "locks"),
    `backup-agent-${application.name}`,
  );
  await context.trace.begun();
  const limit = limitTime(context.signal, application.name, application.settings.timeout);
  try {
    return await backUp(application, config, { ...context, signal: limit.signal });
  } catch (error) {
    const explained = limit.explain(error);
    await context.trace.failed(context.signal.aborted ? context.signal.reason : explained);
    throw explained;
  } finally {
    lock.release();
  }
}

// The hooks stand around everything: one may mount what is saved, or stop the application before it is read.
async function backUp(
  application: ResolvedApplication,
  config: AgentConfig,
  context: BackupContext,
): Promise<FinishedBackup> {
  const { before, after } = application.settings.hooks;
  try {
    await runHooks(before, "before", context);
    return await lookAndWrite(application, config, context);
  } catch (error) {
    await context.trace.failed(error); // the hooks may take the work directory away
    throw error;
  } finally {
    await runHooks(after, "after", { environment: context.environment, log: context.log });
  }
}

async function lookAndWrite(
  { name, type, settings }: ResolvedApplication,
  config: AgentConfig,
  { environment, log, signal, terminal, trace }: BackupContext,
): Promise<FinishedBackup> {
  const startedAt = new Date();
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    log.warn(message);
  };

  const application = await type.locate({ name, settings, host: createHost({ environment, log, signal }) });
  declareNames(application, log);
  const stateDirectory = config.stateDir ?? defaultStateDirectory(environment);
  for (const warning of await describeUnfinished(stateDirectory, name)) warn(warning);
  log.info(describeApplication(application));
  for (const warning of application.warnings) warn(warning);
  const held = { application: name, consistency: application.consistency, stateDirectory, environment, log, signal };
  await endInterruptedConsistency(held);
  const parts = separateKeys(application);
  const group = await resolveGroup(config.archiveGroup);
  const workDir = config.workDir ?? defaultWorkDirectory;
  const directory = await prepareDirectory(workDir, name);
  const keysDirectory = parts.keys && (await prepareDirectory(config.keysDir ?? workDir, parts.keys.name));
  await trace.begun();

  const databaseContext = { environment, signal, log, warn, directory };
  const query: Query = (database, sql) => databaseEngine(database.engine).query(database, sql, databaseContext);
  const databases = await prepareDatabases(application.databases, databaseContext);
  const version = await application.captureVersion(query);
  log.info(`the version is ${version.value}`);
  for (const warning of version.warnings) warn(warning);

  const content = { version, query, host: hostname(), startedAt, warnings };
  const target = { group, compression: config.compression, terminal };
  return await withConsistency(held, async () => {
    const keys = await writeKeys();
    const written = await writeArchive(
      { ...content, application: parts.main, databases },
      { ...target, directory },
      databaseContext,
    );
    if (written === undefined) throw new Error("unreachable: every archive of an application is wanted");
    await trace.succeeded(written.archive);
    return { ...written, keys };
  });

  async function prepareDirectory(parent: string, archived: string): Promise<string> {
    const prepared = await prepareWorkDirectory({
      workDir: parent,
      mayCreate: parent === defaultWorkDirectory,
      application: archived,
      group,
      roots: [
        ...application.trees.map(({ root }) => root),
        ...(application.home === undefined ? [] : [application.home]),
      ],
    });
    for (const leftover of await removeLeftovers(prepared, archived))
      log.info(`removed ${leftover}, left by a run that died`);
    return prepared;
  }

  // Before the rest: an archive whose keys are nowhere must not be there.
  async function writeKeys(): Promise<FinishedArchive | undefined> {
    if (parts.keys === undefined || keysDirectory === undefined) return undefined;
    const written = await writeArchive(
      { ...content, application: parts.keys, keysOf: name, databases: [] },
      { ...target, directory: keysDirectory },
      { ...databaseContext, directory: keysDirectory },
      ({ trees }) => trees.some(({ files }) => files > 0),
    );
    if (written === undefined) warn(`${name} has none of the keys that \`keys: separate\` asks for`);
    return written?.archive;
  }
}

// What is printed all the time cannot be masked, even where somebody chose it as a password.
function declareNames({ name, type, databases }: LocatedApplication, log: Logger): void {
  declarePublic(name, type, hostname(), ...databases.flatMap((database) => [database.name, database.user]));
  for (const { user, password } of databases) {
    if (password !== undefined && isPublicName(password))
      log.warn(
        `the password of the database user ${user} is also a name that is logged, so it cannot be masked: choose another`,
      );
  }
}

function describeApplication({ name, type, home, databases }: LocatedApplication): string {
  const kind = name === type ? "" : ` (${type})`;
  const place = home === undefined ? "" : ` in ${home}`;
  const stores = databases.map(({ engine, name: database }) => `, ${engine} database ${database}`);
  return `backing up ${name}${kind}${place}${stores.join("")}`;
}
