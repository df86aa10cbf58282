import { OperationError } from "@catapullt/core/errors";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import type { DatabaseInventory, DatabaseSettings, DumpContext, DumpFacts, StreamedDump } from "../engine.ts";
import { settled } from "../settled.ts";
import { readCatalog } from "./catalog.ts";
import { connect } from "./client.ts";
import { compareWithCatalog, describeDumpedTables, dumpedObjects } from "./completeness.ts";
import { connectionString, passwordFile } from "./connection.ts";
import { readServerFacts } from "./facts.ts";
import { describeFailure, dumpFailure } from "./failures.ts";
import { describeObjects } from "./inventory.ts";
import { type ArchiveProof, startProof } from "./proof.ts";
import { findDumpTools, type Tool } from "./tools.ts";

// For the tables' locks, which whoever rewrites a table holds for long; a session that hangs may hold them for ever.
const lockTimeout = 30 * 60_000;

/** Dumps one whole database in the custom format; see `DatabaseEngine.dump`. */
export async function dumpDatabase(
  settings: DatabaseSettings,
  inventory: DatabaseInventory,
  context: DumpContext,
): Promise<StreamedDump> {
  const ask = await connect(settings, context);
  const tools = await findDumpTools(await readServerFacts(ask), context);
  const before = await readCatalog(ask);
  const end = new AbortController();
  const child = tools.dump.start(dumpArguments(settings), {
    secretInput: passwordFile(settings),
    signal: end.signal,
  });
  const prover = startProof(tools.restore, end.signal);
  const stop = () => {
    end.abort();
    child.output.destroy();
  };
  context.signal.addEventListener("abort", stop, { once: true });
  if (context.signal.aborted) stop();

  let proof: ArchiveProof | undefined;
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of child.output as AsyncIterable<Buffer>) {
        const room = prover.push(piece);
        yield piece;
        await room;
      }
      proof = prover.end();
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      if (proof === undefined) stop();
    }
    context.signal.throwIfAborted();
  }
  return {
    kind: "stream",
    source: read(),
    async complete() {
      if (proof === undefined) stop();
      const outcome = await settled(child.outcome, context.signal);
      const whole = await requireReadable({ outcome, proof, tools, settings, signal: context.signal });
      const entries = await whole.entries();
      const after = await readCatalog(ask);
      const dumped = { entries, before, after };
      for (const change of compareWithCatalog({ database: settings.name, ...dumped })) context.warn(change);
      for (const warning of toolWarnings(outcome)) context.warn(`${tools.dump.title}: ${warning}`);
      const objects = dumpedObjects(dumped);
      return {
        ...describeObjects(objects, after),
        ...staticFacts(settings, inventory, tools.dump),
        tables: describeDumpedTables(objects, entries, whole.figures()),
      };
    },
    async cleanup() {
      context.signal.removeEventListener("abort", stop);
      stop();
      await Promise.all([child.outcome, prover.ended()]);
    },
  };
}

/** The arguments of pg_dump for one whole database; the archive around it is compressed already. */
export function dumpArguments(settings: DatabaseSettings): string[] {
  return [
    "--format=custom",
    "--compress=0",
    "--no-password",
    `--lock-wait-timeout=${lockTimeout}`,
    `--dbname=${connectionString(settings)}`,
  ];
}

interface FinishedDump {
  outcome: ProcessOutcome;
  proof: ArchiveProof | undefined;
  tools: { dump: Tool; restore: Tool };
  settings: DatabaseSettings;
  signal: AbortSignal;
}

async function requireReadable({ outcome, proof, tools, settings, signal }: FinishedDump): Promise<ArchiveProof> {
  if (proof === undefined)
    throw new OperationError("dump-incomplete", `the dump of database ${settings.name} was not read to its end`);
  if (outcome.exitCode !== 0) throw dumpFailure({ program: tools.dump.title, outcome, settings });
  for (const ending of [proof.reading, proof.listing]) {
    const reading = await settled(ending, signal);
    if (reading.exitCode === 0) continue;
    throw new OperationError(
      "dump-incomplete",
      `the dump of database ${settings.name} cannot be restored, although ${tools.dump.title} ended well: ${describeFailure(tools.restore.title, reading)}`,
      { hint: `check that ${tools.dump.path} is the tool itself, not a wrapper that hides its failure` },
    );
  }
  return proof;
}

function staticFacts(settings: DatabaseSettings, inventory: DatabaseInventory, tool: Tool) {
  const { serverVersion, characterSet, collation, roles } = inventory;
  return {
    name: settings.name,
    engine: settings.engine,
    serverVersion,
    dumpTool: tool.title,
    characterSet,
    collation,
    roles,
  } satisfies Partial<DumpFacts>;
}

// What it leaves out on purpose it tells there, such as subscriptions that only a superuser may see.
function toolWarnings({ errorOutput }: ProcessOutcome): string[] {
  return [...errorOutput.matchAll(/^pg_dump: warning: (.*)$/gm)].map(([, text = ""]) => text).slice(0, 10);
}
