import { OperationError } from "@catapullt/core/errors";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import type { DatabaseInventory, DatabaseSettings, DumpContext, DumpFacts, StreamedDump } from "../engine.ts";
import { settled } from "../settled.ts";
import { canDumpHistory, dumpArguments } from "./arguments.ts";
import { type Ask, connect } from "./client.ts";
import { compareWithInventory, describeTables } from "./completeness.ts";
import { dumpFailure } from "./failures.ts";
import { listVersionedTables, listViews, readInventory, readServerFacts } from "./inventory.ts";
import { optionFile } from "./option-file.ts";
import { createSqlScanner, type DumpContents } from "./sql-scanner.ts";
import { findTool, type Tool } from "./tools.ts";

/** Dumps one whole database as SQL; see `DatabaseEngine.dump`. */
export async function dumpDatabase(
  settings: DatabaseSettings,
  before: DatabaseInventory,
  context: DumpContext,
): Promise<StreamedDump> {
  const ask = await connect(settings, context);
  const facts = await readServerFacts(ask);
  const tool = await findTool("dump", facts.product.flavour, context);
  const args = dumpArguments({
    tool,
    database: settings.name,
    skip: settings.skip,
    ignoredViews: settings.skip.includes("views") ? await listViews(ask) : [],
    hasHistory: await looksForHistory(ask, tool, context),
  });
  context.log.debug({ path: tool.path, arguments: args }, `dumping with ${tool.title}`);
  const end = new AbortController();
  const child = tool.start(args, {
    secretInput: optionFile(settings, tool),
    signal: end.signal,
  });
  const stop = () => {
    end.abort();
    child.output.destroy();
  };
  context.signal.addEventListener("abort", stop, { once: true });
  if (context.signal.aborted) stop();

  const scanner = createSqlScanner();
  let contents: DumpContents | undefined;
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of child.output as AsyncIterable<Buffer>) {
        scanner.push(chunk);
        yield chunk;
      }
      contents = scanner.end();
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      if (contents === undefined) stop();
    }
    context.signal.throwIfAborted();
  }
  return {
    kind: "stream",
    source: read(),
    async complete() {
      if (contents === undefined) stop();
      const outcome = await settled(child.outcome, context.signal);
      const whole = requireWhole({ outcome, contents, tool, settings });
      const after = await readInventory(ask, facts, settings.skip);
      const { caseSensitive } = facts;
      const changes = compareWithInventory({ database: settings.name, contents: whole, before, after, caseSensitive });
      changes.forEach(context.warn);
      return describeDump(settings, { before, contents: whole, tool });
    },
    async cleanup() {
      context.signal.removeEventListener("abort", stop);
      stop();
      await child.outcome;
    },
  };
}

async function looksForHistory(ask: Ask, tool: Tool, context: DumpContext): Promise<boolean> {
  const versioned = await listVersionedTables(ask);
  if (versioned.length > 0 && !canDumpHistory(tool)) {
    context.warn(
      `${tool.title} cannot dump the history of system-versioned tables, only their current rows: ${versioned.join(", ")}`,
    );
  }
  return versioned.length > 0;
}

interface FinishedDump {
  outcome: ProcessOutcome;
  contents: DumpContents | undefined;
  tool: Tool;
  settings: DatabaseSettings;
}

function requireWhole({ outcome, contents, tool, settings }: FinishedDump): DumpContents {
  if (contents === undefined) {
    throw new OperationError("dump-incomplete", `the dump of database ${settings.name} was not read to its end`);
  }
  if (outcome.exitCode !== 0) throw dumpFailure({ program: tool.title, outcome, settings });
  if (!contents.isClosed) {
    throw new OperationError(
      "dump-incomplete",
      `the dump of database ${settings.name} ended early: ${tool.title} ended well, but its closing line is missing`,
      { hint: `check that ${tool.path} is the tool itself, not a wrapper that hides its failure` },
    );
  }
  return contents;
}

interface DescribedDump {
  before: DatabaseInventory;
  contents: DumpContents;
  tool: Tool;
}

function describeDump(settings: DatabaseSettings, { before, contents, tool }: DescribedDump): DumpFacts {
  return {
    name: settings.name,
    engine: settings.engine,
    serverVersion: before.serverVersion,
    dumpTool: tool.title,
    characterSet: before.characterSet,
    collation: before.collation,
    tables: describeTables(before, contents),
    triggers: [...contents.objects.trigger],
    routines: [...contents.objects.routine],
    events: [...contents.objects.event],
    skipped: [...settings.skip],
  };
}
