import type { DatabaseContext, DatabaseEngine, DatabaseSettings } from "../../databases/engine.ts";
import { databaseEngine } from "../../databases/registry.ts";
import { describeDatabase } from "../../overview/render.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { type Finding, failure, failureOf, ok, warning } from "../finding.ts";
import { within } from "../within.ts";

const limits = { answer: 8_000, inspection: 40_000 };

/** Reachable, lets the user in, may be read whole, and there are programs that dump it. */
export const databasesCheck: Check<ApplicationSubject> = {
  name: "database",
  limit: 60_000,
  async look({ located, environment, log }, signal) {
    const findings = await Promise.all(
      located.databases.map((database) => lookAtDatabase(database, { environment, log, signal, warn: () => {} })),
    );
    return findings.flat();
  },
};

async function lookAtDatabase(database: DatabaseSettings, context: DatabaseContext): Promise<Finding[]> {
  const engine = databaseEngine(database.engine);
  const answer = await readVersion(engine, database, context);
  const tools = await findTools(engine, { database, version: answer.version, context });
  const privileges = answer.version === undefined ? [] : await inspect(engine, { database, ...answer, context });
  // A client program that is missing keeps all of them from their work.
  const all = [...answer.findings, ...privileges, ...tools];
  return all.filter(({ message }, index) => all.findIndex((other) => other.message === message) === index);
}

interface Answer {
  version?: string;
  findings: Finding[];
}

async function readVersion(
  engine: DatabaseEngine,
  database: DatabaseSettings,
  context: DatabaseContext,
): Promise<Answer> {
  const { signal } = context;
  try {
    const version = await within(limits.answer, signal, (limited) =>
      engine.readVersion(database, { ...context, signal: limited }),
    );
    return version === undefined ? { findings: [silent(database, limits.answer)] } : { version, findings: [] };
  } catch (error) {
    signal.throwIfAborted();
    return { findings: [failureOf(error)] };
  }
}

interface Question {
  database: DatabaseSettings;
  version?: string | undefined;
  context: DatabaseContext;
}

async function findTools(engine: DatabaseEngine, { database, version, context }: Question): Promise<Finding[]> {
  try {
    const { titles, warnings } = await engine.findDumpTools(database, version, context);
    if (titles.length === 0) return [];
    return [ok(titles.join(", ")), ...warnings.map(({ message, hint }) => warning(message, hint))];
  } catch (error) {
    context.signal.throwIfAborted();
    return [failureOf(error)];
  }
}

async function inspect(engine: DatabaseEngine, { database, version, context }: Question): Promise<Finding[]> {
  const warnings: Finding[] = [];
  try {
    const inventory = await within(limits.inspection, context.signal, (limited) =>
      engine.inspect(database, {
        ...context,
        signal: limited,
        warn: (message) => warnings.push(warning(message)),
      }),
    );
    if (inventory === undefined) return [silent(database, limits.inspection)];
    const tables = `${inventory.tables.length} tables`;
    return [ok(`${describeDatabase(database)}: ${version}, ${tables}, all of it may be read`), ...warnings];
  } catch (error) {
    context.signal.throwIfAborted();
    return [failureOf(error), ...warnings];
  }
}

function silent(database: DatabaseSettings, limit: number): Finding {
  return failure(
    `${describeDatabase(database)} did not answer within ${limit / 1000} s`,
    "check that the server runs, that `host`, `port` or `socket` are right, and that no firewall drops the packets",
  );
}
