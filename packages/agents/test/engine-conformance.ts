import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OperationError } from "@catapullt/core/errors";
import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseDump, DatabaseEngine, DatabaseSettings, DumpContext, DumpFacts } from "../databases/engine.ts";
import { compareStock } from "../drill/findings.ts";

/** A way in which an engine must refuse to work, before it dumps anything. */
export interface Refusal {
  title: string;
  /** Called inside the test, so that it may make directories and users. */
  prepare(): Promise<{ settings: DatabaseSettings; environment?: NodeJS.ProcessEnv }>;
  code: string;
  message: RegExp;
  hint: RegExp;
}

/** What an engine's own tests give to the suite. */
export interface EngineSubject {
  title: string;
  engine: DatabaseEngine;
  /** A database with content that does not fit into the pipes between processes. */
  filled(): Promise<DatabaseSettings>;
  empty(): Promise<DatabaseSettings>;
  /** Where a dump of these settings can be restored: the same names, but somewhere else and not there yet. */
  target(settings: DatabaseSettings): Promise<DatabaseSettings>;
  /** All that a restore must bring back, to compare. */
  fingerprint(settings: DatabaseSettings): Promise<unknown>;
  /** Dump tools that still run for these settings. */
  runningTools(settings: DatabaseSettings): number;
  refusals: readonly Refusal[];
}

export interface TestContext extends DumpContext {
  warnings: string[];
}

export function testContext(rest: Partial<DumpContext> = {}): TestContext {
  const warnings: string[] = [];
  return {
    environment: process.env,
    signal: new AbortController().signal,
    log: silentLogger(),
    warn: (message) => warnings.push(message),
    directory: temporaryDirectory("dump"),
    warnings,
    ...rest,
  };
}

/** Dumps into the file `path` and returns what the manifest would say. */
export async function dumpToFile(
  engine: DatabaseEngine,
  settings: DatabaseSettings,
  { path, context }: { path: string; context: DumpContext },
): Promise<DumpFacts> {
  const dump = await engine.dump(settings, await engine.inspect(settings, context), context);
  try {
    if (dump.kind === "stream") await pipeline(dump.source, createWriteStream(path));
    else await copyFile(dump.path, path);
    return await dump.complete();
  } finally {
    await dump.cleanup();
  }
}

/** Runs the commands that RESTORE.md gives, as an administrator would; nothing but what is on PATH helps. */
export async function restoreByHand(
  engine: DatabaseEngine,
  { settings, target, dump }: { settings: DatabaseSettings; target: DatabaseSettings; dump: string },
): Promise<void> {
  const directory = temporaryDirectory("restore");
  const member = `database/a name.${engine.memberExtension}`;
  mkdirSync(join(directory, dirname(member)));
  await copyFile(dump, join(directory, `${member}.0001`));
  await writeFile(join(directory, "manifest.json"), "{}");
  execFileSync("tar", ["-cf", "archive.tar", "database", "manifest.json"], { cwd: directory });
  const inventory = await engine.inspect(settings, testContext());
  const lines = engine.restoreCommands({ settings: target, inventory, archive: "archive.tar", member, alone: false });
  const blocks = [...lines.join("\n").matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
  const script = blocks.find((block) => block.includes("tar -xOf")) ?? "";
  // Throwaway servers know root without a password, and nobody is there to type one.
  execFileSync("sh", ["-e", "-c", script.replaceAll(" --password", "")], {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** A directory for a throwaway server, below one that its user may pass through. */
function throwawayDirectory(): string {
  const parent = temporaryDirectory("d");
  chmodSync(parent, 0o711);
  const directory = join(parent, "s");
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}

/** Every engine passes this suite; it is the contract of `DatabaseEngine`. */
export function describeEngine(subject: EngineSubject): void {
  const { engine } = subject;

  async function begin(settings: DatabaseSettings, context: DumpContext): Promise<DatabaseDump> {
    return await engine.dump(settings, await engine.inspect(settings, context), context);
  }

  describe(`${subject.title} as a database engine`, () => {
    test.each(["filled", "empty"] as const)(
      "restores a database that is %s by its own instructions to an equal one",
      async (content) => {
        const settings = await subject[content]();
        const context = testContext();
        const path = join(temporaryDirectory("dump"), "dump");
        const facts = await dumpToFile(engine, settings, { path, context });
        const target = await subject.target(settings);
        await restoreByHand(engine, { settings, target, dump: path });
        expect(await subject.fingerprint(target)).toEqual(await subject.fingerprint(settings));
        expect(facts).toMatchObject({ name: settings.name, engine: settings.engine });
        expect(facts.serverVersion).toMatch(/^\d+\.\d+/);
        expect(facts.dumpTool).toMatch(/\d+\.\d+/);
        expect(readdirSync(context.directory)).toEqual([]);
      },
    );

    test.each(["filled", "empty"] as const)(
      "loads the dump of a database that is %s into a throwaway server, where all that was recorded is counted",
      async (content) => {
        const settings = await subject[content]();
        const context = testContext();
        const path = join(temporaryDirectory("dump"), "dump");
        const facts = await dumpToFile(engine, settings, { path, context });
        const member = `database/a.${engine.memberExtension}`;
        const recorded = { ...facts, member, parts: 1, bytes: statSync(path).size, sha1: "0".repeat(40) };
        const directory = throwawayDirectory();
        const server = await engine.startThrowaway({ directory, databases: [recorded] }, context);
        onTestFinished(() => server.stop());
        const target = server.settings(recorded);
        const request = {
          settings: target,
          recorded,
          definer: server.definer,
          stamp: "20261123T020000Z",
          keepDirectory: join(directory, "kept"),
        };
        expect((await engine.restore.examine(request, context)).content).toBeUndefined();
        const loaded = await engine.restore.load(
          {
            ...request,
            source: createReadStream(path),
            replace: false,
            prepareKeepDirectory: async () => {},
            prepareStageDirectory: async () => temporaryDirectory("staged"),
          },
          context,
        );
        await loaded.publish();
        expect(compareStock(recorded, await engine.takeStock(target, context))).toEqual([]);
        await server.stop();
        await server.stop();
      },
    );

    test.each(subject.refusals)("refuses $title", async ({ prepare, code, message, hint }) => {
      const { settings, environment } = await prepare();
      const context = testContext(environment === undefined ? {} : { environment });
      const error = await begin(settings, context).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(OperationError);
      if (!(error instanceof OperationError)) return;
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(error.hint).toMatch(hint);
      if (settings.password) expect(`${error.message}${error.hint}`).not.toContain(settings.password);
      expect(readdirSync(context.directory)).toEqual([]);
    });

    test("lets a dump be given up before it is read, and leaves nothing behind", async () => {
      const settings = await subject.filled();
      const context = testContext();
      const dump = await begin(settings, context);
      await dump.cleanup();
      await dump.cleanup();
      expect(subject.runningTools(settings)).toBe(0);
      expect(readdirSync(context.directory)).toEqual([]);
    });

    test("ends when the run is aborted, with the reason, and leaves nothing behind", async () => {
      const settings = await subject.filled();
      const controller = new AbortController();
      const context = testContext({ signal: controller.signal });
      const reason = new Error("ended by SIGTERM");
      const run = async () => {
        const dump = await begin(settings, context);
        try {
          if (dump.kind === "file") controller.abort(reason);
          else for await (const _ of dump.source) controller.abort(reason);
          controller.signal.throwIfAborted();
        } finally {
          await dump.cleanup();
        }
      };
      await expect(run()).rejects.toBe(reason);
      expect(subject.runningTools(settings)).toBe(0);
      expect(readdirSync(context.directory)).toEqual([]);
    });

    test("refuses to begin when the run is aborted already", async () => {
      const settings = await subject.filled();
      const context = testContext();
      const inventory = await engine.inspect(settings, context);
      const reason = new Error("ended by SIGTERM");
      await expect(engine.dump(settings, inventory, { ...context, signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
      expect(readdirSync(context.directory)).toEqual([]);
    });

    test("answers queries as text, with null for NULL", async () => {
      const settings = await subject.filled();
      const rows = await engine.query(
        settings,
        "SELECT 'a\tb', 'ü€😀\n', 12, NULL UNION ALL SELECT '', 'x', -1, 'y'",
        testContext(),
      );
      expect(rows).toEqual([
        ["a\tb", "ü€😀\n", "12", null],
        ["", "x", "-1", "y"],
      ]);
    });

    test("says what is wrong with a query", async () => {
      const settings = await subject.filled();
      await expect(engine.query(settings, "SELECT missing FROM nowhere", testContext())).rejects.toMatchObject({
        code: "database-query-failed",
        message: expect.stringContaining("nowhere"),
      });
    });
  });
}
