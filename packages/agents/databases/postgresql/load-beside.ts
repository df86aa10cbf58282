import { errorMessage, OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseContext, DatabaseSettings, KeptContent, LoadedDatabase, LoadRequest } from "../engine.ts";
import { whereServerRuns } from "../restore-commands.ts";
import { connect, execute } from "./client.ts";
import { address } from "./connection.ts";
import { readContent } from "./content.ts";
import { createStatement } from "./database-statements.ts";
import type { OpenedDump } from "./dump-head.ts";
import { finishDatabase } from "./finish.ts";
import { asBefore, loadDump } from "./load.ts";
import { loadHint } from "./load-hints.ts";
import { namesBeside, type RestoreNames } from "./names.ts";
import { quoteIdentifier, quoteLiteral } from "./quoting.ts";
import { requireRecordedObjects } from "./restored-objects.ts";
import { inUse, listSessions } from "./sessions.ts";
import type { FoundTarget } from "./target.ts";

export interface LoadStep {
  target: FoundTarget;
  request: LoadRequest;
  dump: OpenedDump;
  stripsOwners: boolean;
}

/** A load into a database of its own, and the one from which it is made and renamed. */
export interface LoadBesideStep extends LoadStep {
  maintenance: DatabaseSettings;
}

/** Loads into a new database; `publish` gives it the old one's name, `discard` drops it. */
export async function loadBeside(step: LoadBesideStep, context: DatabaseContext): Promise<LoadedDatabase> {
  const { target, request, dump, stripsOwners, maintenance } = step;
  const { settings, recorded, stamp } = request;
  const names = namesBeside(settings.name, stamp);
  const staging = { ...settings, name: names.staging };
  let isStaged = true;
  const discard = async () => {
    if (isStaged) await dropStaging(step, names, context);
    isStaged = false;
  };
  try {
    await create(step, names, context);
    context.signal.throwIfAborted();
    await loadDump(
      { tool: target.tool, settings: staging, source: dump.source, stripsOwners, isOneTransaction: false },
      context,
    );
    await requireRecordedObjects(staging, recorded, context);
    const { statements } = dump.database;
    await finishDatabase({ settings: staging, maintenance, statements, stripsOwners }, context);
  } catch (error) {
    await discard();
    throw asBefore(error, settings, context);
  }
  return {
    kept: undefined,
    discard,
    async publish() {
      const kept = await publish(step, names, context);
      isStaged = false;
      return kept;
    },
  };
}

// Before release 15 a new database waits for a checkpoint.
const statementLimit = 30 * 60_000;

function steadily(context: DatabaseContext): { context: DatabaseContext; limit: number } {
  return { context: steady(context), limit: statementLimit };
}

/** A context in which nothing is ended half-way: what the server has begun it would finish unseen. */
function steady(context: DatabaseContext): DatabaseContext {
  return { ...context, signal: new AbortController().signal };
}

async function create(
  { target, request, dump, stripsOwners, maintenance }: LoadBesideStep,
  { staging }: RestoreNames,
  context: DatabaseContext,
): Promise<void> {
  const owner = chooseOwner({ target, dump, stripsOwners });
  const own =
    owner === undefined ? [] : [`ALTER DATABASE ${quoteIdentifier(staging)} OWNER TO ${quoteIdentifier(owner)}`];
  try {
    await execute(maintenance, [createStatement(dump.database.create, staging), ...own], steadily(context));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    throw new OperationError("restore-failed", error.message, {
      hint: loadHint(error.message, request.settings) ?? error.hint,
      cause: error,
    });
  }
}

// Where owners do not come back, the old database's owner is the best guess, then the dumped one's.
function chooseOwner({
  target,
  dump,
  stripsOwners,
}: Pick<LoadStep, "target" | "dump" | "stripsOwners">): string | undefined {
  const { access, roles } = target;
  const dumped = dump.database.owner;
  if (!stripsOwners) return dumped === "" || roles.foreign.includes(dumped) ? access.existing?.owner : dumped;
  if (access.existing !== undefined) return access.existing.owner;
  return dumped === "" || [...roles.missing, ...roles.foreign].includes(dumped) ? undefined : dumped;
}

async function publish(
  { target, request, maintenance }: LoadBesideStep,
  names: RestoreNames,
  context: DatabaseContext,
): Promise<KeptContent | undefined> {
  const { settings } = request;
  const [name, kept] = [quoteIdentifier(settings.name), quoteIdentifier(names.kept)];
  const hadOne = target.access.existing !== undefined;
  const renames = [
    ...(hadOne ? [`ALTER DATABASE ${name} RENAME TO ${kept}`] : []),
    `ALTER DATABASE ${quoteIdentifier(names.staging)} RENAME TO ${name}`,
  ];
  try {
    // In one transaction: there is always a database of that name.
    await execute(maintenance, [renames.join("; ")], steadily(context));
  } catch (error) {
    throw await explainRename(error, { target, request, maintenance, names }, context);
  }
  if (!hadOne) return undefined;
  if (target.content === undefined && (await dropIfEmpty({ ...settings, name: names.kept }, maintenance, context)))
    return undefined;
  return {
    what: `the old database ${settings.name}`,
    path: names.kept,
    comesBackBy: psqlCommand(maintenance, [
      `ALTER DATABASE ${name} RENAME TO ${quoteIdentifier(names.restored)}`,
      `ALTER DATABASE ${kept} RENAME TO ${name}`,
    ]),
  };
}

function psqlCommand(maintenance: DatabaseSettings, statements: readonly string[]): string {
  const { host, port } = address(maintenance);
  const command = [
    "psql --no-psqlrc --set=ON_ERROR_STOP=1",
    ...(host === undefined ? [] : [`--host=${quoteForShell(host)}`]),
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(maintenance.user === undefined ? [] : [`--username=${quoteForShell(maintenance.user)}`]),
    `--dbname=${maintenance.name}`,
    ...statements.map((statement) => `--command=${quoteForShell(statement)}`),
  ].join(" ");
  return whereServerRuns(maintenance, command, { standardInput: "terminal" });
}

async function dropIfEmpty(
  old: DatabaseSettings,
  maintenance: DatabaseSettings,
  context: DatabaseContext,
): Promise<boolean> {
  try {
    if ((await readContent(old, steady(context))).text !== undefined) return false;
    await execute(maintenance, [`DROP DATABASE ${quoteIdentifier(old.name)}`], steadily(context));
    return true;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    context.warn(`the old, empty database is kept as ${old.name}: ${error.message}`);
    return false;
  }
}

async function explainRename(
  error: unknown,
  { target, request, names }: Pick<LoadBesideStep, "target" | "request" | "maintenance"> & { names: RestoreNames },
  context: DatabaseContext,
): Promise<unknown> {
  if (!(error instanceof OperationError)) return error;
  if (/is being accessed by other users/.test(error.message)) {
    const ask = await connect({ ...request.settings, name: names.staging }, steady(context));
    return inUse(target.title, await listSessions(ask, request.settings.name), request.settings.name);
  }
  if (/already exists/.test(error.message)) {
    return new OperationError("restore-refused", `${target.title} has come into being meanwhile`, {
      hint: "is the application running? Stop it and restore again, with --replace",
      cause: error,
    });
  }
  return new OperationError("restore-failed", `the restored database could not be given its name: ${error.message}`, {
    hint: error.hint,
    cause: error,
  });
}

async function dropStaging(
  { maintenance }: LoadBesideStep,
  { staging }: RestoreNames,
  context: DatabaseContext,
): Promise<void> {
  // Those of a tool that was ended go on until they notice.
  const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${quoteLiteral(staging)} AND pid <> pg_backend_pid()`;
  const drop = `DROP DATABASE IF EXISTS ${quoteIdentifier(staging)}`;
  try {
    await execute(maintenance, [endSessions, drop], steadily(context));
  } catch (error) {
    context.log.error(
      `the database ${staging} holds a part of the dump and could not be dropped (${errorMessage(error)}); it can go: ${psqlCommand(maintenance, [drop])}`,
    );
  }
}
