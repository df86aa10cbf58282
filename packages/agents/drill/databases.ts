import { join } from "node:path";
import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import type { RestoredDatabase } from "../applications/sanity/sanity.ts";
import type {
  DatabaseContext,
  DatabaseEngine,
  DatabaseInventory,
  DatabaseSettings,
  EngineName,
  ThrowawayServer,
} from "../databases/engine.ts";
import { databaseEngine } from "../databases/registry.ts";
import { readDump } from "../restore/dump-source.ts";
import { refuseEndedServer } from "./ended-server.ts";
import { compareStock, type Finding, findingOf } from "./findings.ts";
import { refuseFullDisk } from "./full-disk.ts";
import type { DrillPlan } from "./plan.ts";
import type { DrillReport } from "./report.ts";
import type { StepClock } from "./steps.ts";
import type { Workspace } from "./workspace.ts";

export interface DatabaseDrill {
  archive: string;
  stamp: string;
  workspace: Workspace;
  clock: StepClock;
  context: DatabaseContext;
  onProgress: (bytes: number) => void;
}

export interface DrilledDatabases {
  restored: RestoredDatabase[];
  described: DrillReport["databases"];
  findings: Finding[];
  /** Ends all servers. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Loads every dump into a server of its kind and holds what is there then against the manifest. Throws `tool-missing` or
 * `drill-failed` where there is no server to load into; what is wrong with a dump is a finding.
 */
export async function drillDatabases({ servers }: DrillPlan, drill: DatabaseDrill): Promise<DrilledDatabases> {
  const started: ThrowawayServer[] = [];
  const result: DrilledDatabases = {
    restored: [],
    described: [],
    findings: [],
    async stop() {
      await Promise.all(started.map((server) => server.stop()));
    },
  };
  try {
    for (const { engine: name, databases } of servers) {
      const engine = databaseEngine(name as EngineName);
      const directory = await drill.workspace.directory(name);
      const server = await drill.clock.run({ step: `prepare a place for ${name} dumps`, isRecovery: false }, () =>
        engine.startThrowaway({ directory, databases }, drill.context),
      );
      started.push(server);
      for (const recorded of databases) await drillDatabase(recorded, { ...drill, engine, server }, result);
    }
    return result;
  } catch (error) {
    await result.stop();
    throw error;
  }
}

interface Loading extends DatabaseDrill {
  engine: DatabaseEngine;
  server: ThrowawayServer;
}

async function drillDatabase(recorded: ManifestDatabase, loading: Loading, result: DrilledDatabases): Promise<void> {
  const { engine, server, clock, context } = loading;
  const settings = server.settings(recorded);
  const subject = `database ${recorded.name}`;
  try {
    await clock.run({ step: `load ${subject}`, isRecovery: true }, () => load(recorded, settings, loading));
    const stock = await clock.run({ step: `count ${subject}`, isRecovery: false }, () =>
      engine.takeStock(settings, context),
    );
    const differences = compareStock(recorded, stock);
    result.findings.push(...differences.map((message) => ({ subject, message })));
    result.described.push(describe(recorded, server, stock));
    result.restored.push({
      engine: settings.engine,
      recorded,
      query: (sql) => engine.query(settings, sql, context),
      table: (name) => spelledTable(name, settings.engine, stock),
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof OperationError) || error.code === "tool-missing") throw error;
    await refuseFullDisk(error, loading.workspace.path);
    await refuseEndedServer(error, server);
    result.findings.push(findingOf(subject, error));
  }
}

async function load(recorded: ManifestDatabase, settings: DatabaseSettings, loading: Loading): Promise<void> {
  const { engine, server, archive, stamp, workspace, context, onProgress } = loading;
  const loaded = await engine.restore.load(
    {
      settings,
      recorded,
      definer: server.definer,
      stamp,
      keepDirectory: join(workspace.path, "kept"),
      source: readDump(archive, recorded, { signal: context.signal, onProgress }),
      replace: false,
      prepareKeepDirectory: async () => {},
      prepareStageDirectory: () => workspace.directory("staged"),
    },
    context,
  );
  await loaded.publish();
}

function describe(
  { name, engine, bytes }: ManifestDatabase,
  { title }: ThrowawayServer,
  { tables }: DatabaseInventory,
): DrillReport["databases"][number] {
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  return { name, engine, server: title, tables: tables.filter(({ kind }) => kind === "table").length, rows, bytes };
}

// PostgreSQL's names are as SQL spells them already, with their schema.
function spelledTable(name: string, engine: EngineName, { tables }: DatabaseInventory): string | undefined {
  const wanted = name.toLowerCase();
  const found = tables.find((table) => {
    const plain = engine === "postgresql" ? table.name.replace(/^.*\./, "").replaceAll('"', "") : table.name;
    return table.kind === "table" && plain.toLowerCase() === wanted;
  });
  if (found === undefined || engine === "postgresql") return found?.name;
  return engine === "sqlite" ? `"${found.name.replaceAll('"', '""')}"` : `\`${found.name.replaceAll("`", "``")}\``;
}
