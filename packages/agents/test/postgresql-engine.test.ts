import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { awkwardPostgresqlObjects, awkwardRoles, createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { freePort } from "@catapullt/testkit/free-port";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { createTemporaryDirectory, temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseSettings } from "../databases/engine.ts";
import { postgresqlEngine } from "../databases/postgresql/engine.ts";
import { describeEngine, dumpToFile, restoreByHand, testContext } from "./engine-conformance.ts";

let source: ThrowawayPostgresql;
let restored: ThrowawayPostgresql;
const standIns = createTemporaryDirectory("stand-ins");
const password = "p#a\"s's w\\ord;$ ü€ :a:b\\c";
const filled = `aw ü"k=d'b\\ -- x%`;

beforeAll(async () => {
  if (process.getuid?.() !== 0) standInForRunuser();
  [source, restored] = await Promise.all([startPostgresql({ tcp: true }), startPostgresql()]);
  await createAwkwardPostgresql(source, filled);
  await source.createDatabase("empty");
  await source.createUser("backup", password, [
    "GRANT pg_read_all_data TO :user",
    'GRANT "audi""tor\'s" TO :user',
    "ALTER ROLE :user BYPASSRLS",
  ]);
});

afterAll(async () => {
  standIns.remove();
  await Promise.all([source?.stop(), restored?.stop()]);
});

function settingsFor(name: string, rest: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    engine: "postgresql",
    name,
    host: "localhost",
    port: source.port,
    user: "backup",
    password,
    skip: [],
    ...rest,
  };
}

/** Only root may become another user; the throwaway servers let everybody in through their sockets. */
function standInForRunuser(): void {
  const path = join(standIns.path, "runuser");
  writeFileSync(path, '#!/bin/sh\nshift 3\nexec "$@"\n');
  chmodSync(path, 0o755);
  process.env.PATH = `${standIns.path}${delimiter}${process.env.PATH}`;
}

/** Client programs that this process started and that still run. */
function runningClients(): number {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    const [, name = "", parent = ""] = /^\d+ \((.*)\) \S (\d+)/s.exec(readIfThere(`/proc/${entry}/stat`)) ?? [];
    return Number(parent) === process.pid && ["psql", "pg_dump", "pg_restore"].includes(name);
  }).length;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES")) return "";
    throw error;
  }
}

/** A PATH whose pg_dump runs this shell script; `real` in it is the real one. */
function withDumpTool(script: string): NodeJS.ProcessEnv {
  const directory = join(temporaryDirectory("tools"), "bin");
  mkdirSync(directory);
  const path = join(directory, "pg_dump");
  const real = join(source.programs, "pg_dump");
  writeFileSync(path, `#!/bin/sh\nreal=${real}\n[ "$1" = --version ] && exec $real --version\n${script}\n`);
  chmodSync(path, 0o755);
  return { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` };
}

describeEngine({
  title: "PostgreSQL",
  engine: postgresqlEngine,
  filled: async () => settingsFor(filled),
  empty: async () => settingsFor("empty"),
  async target(settings) {
    await restored.dropDatabase(settings.name);
    return { engine: "postgresql", name: settings.name, socket: restored.socket, port: restored.port, skip: [] };
  },
  fingerprint: ({ name, socket }) => postgresqlFingerprint(socket === undefined ? source : restored, name),
  runningTools: runningClients,
  refusals: [
    {
      title: "a wrong password",
      prepare: async () => ({ settings: settingsFor("empty", { password: "wrong-pass" }) }),
      code: "database-denied",
      message: /postgresql database empty at localhost:\d+, user backup: .*password authentication failed/,
      hint: /password/,
    },
    {
      title: "no password where one is needed",
      prepare: async () => ({ settings: settingsFor("empty", { password: "" }) }),
      code: "database-denied",
      message: /no password supplied/,
      hint: /password/,
    },
    {
      title: "a password with a line break",
      prepare: async () => ({ settings: settingsFor("empty", { password: "two\nlines" }) }),
      code: "password-unavailable",
      message: /password of backup holds a line break/,
      hint: /user of its own/,
    },
    {
      title: "a role that the server does not know",
      prepare: async () => ({
        settings: settingsFor("empty", { host: undefined, socket: source.socket, user: 'no"body' }),
      }),
      code: "database-denied",
      message: /role "no"body" does not exist/,
      hint: /CREATE ROLE "no""body" LOGIN/,
    },
    {
      title: "a server that is down",
      prepare: async () => ({ settings: settingsFor("empty", { port: await freePort() }) }),
      code: "database-unreachable",
      message: /Connection refused/,
      hint: /runs/,
    },
    {
      title: "a socket that is not there",
      prepare: async () => ({ settings: settingsFor("empty", { socket: "/nonexistent/.s.PGSQL.5433" }) }),
      code: "database-unreachable",
      message: /at \/nonexistent:5433.*No such file/,
      hint: /socket/,
    },
    {
      title: "a host whose name is unknown",
      prepare: async () => ({ settings: settingsFor("empty", { host: "no-such-host.invalid" }) }),
      code: "database-unreachable",
      message: /no-such-host\.invalid/,
      hint: /resolved/,
    },
    {
      title: "a server without the TLS that is demanded",
      prepare: async () => ({ settings: settingsFor("empty", { tls: { mode: "required" } }) }),
      code: "database-unreachable",
      message: /does not support SSL/,
      hint: /`tls`/,
    },
    {
      title: "a database that is not there",
      prepare: async () => ({ settings: settingsFor("miss ing") }),
      code: "database-unknown",
      message: /database "miss ing" does not exist/,
      hint: /name/,
    },
    {
      title: "a database that the user may not enter",
      async prepare() {
        await source.createDatabase("closed");
        await source.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
        return { settings: settingsFor("closed") };
      },
      code: "database-denied",
      message: /permission denied for database "closed"/,
      hint: /GRANT CONNECT ON DATABASE "closed" TO "backup"/,
    },
  ],
});

async function dump(settings: DatabaseSettings, context = testContext()) {
  const path = join(temporaryDirectory("dump"), "dump");
  const facts = await dumpToFile(postgresqlEngine, settings, { path, context });
  return { facts, path, warnings: context.warnings };
}

async function restore(settings: DatabaseSettings, path: string): Promise<void> {
  await restored.dropDatabase(settings.name);
  const target: DatabaseSettings = {
    engine: "postgresql",
    name: settings.name,
    socket: restored.socket,
    port: restored.port,
    skip: [],
  };
  await restoreByHand(postgresqlEngine, { settings, target, dump: path });
}

async function refusal(promise: Promise<unknown>): Promise<OperationError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OperationError) return error;
  throw new Error("it was not refused", { cause: error });
}

describe("the PostgreSQL engine", () => {
  test("gives the manifest every object, exact numbers of rows, and the roles that a restore needs", async () => {
    const { facts, path, warnings } = await dump(settingsFor(filled));
    const { tables, views, materializedViews, extensions, triggers, types } = awkwardPostgresqlObjects;
    const named = (kind: string) => facts.tables.filter((table) => table.kind === kind).map(({ name }) => name);
    expect(named("table").sort()).toEqual([...tables].sort());
    expect(named("view").sort()).toEqual([...views].sort());
    expect(named("materialized-view").sort()).toEqual([...materializedViews].sort());
    expect(facts).toMatchObject({
      characterSet: "UTF8",
      collation: "C",
      largeObjects: 3,
      roles: [...awkwardRoles, "postgres"].sort(),
    });
    expect([facts.extensions, facts.triggers, facts.types].map((names) => [...(names ?? [])].sort())).toEqual(
      [extensions, triggers, types].map((names) => [...names].sort()),
    );
    expect(facts.routines).toEqual(
      expect.arrayContaining([
        "function public.slug(integer, VARIADIC rest text[])",
        "function public.slug(text)",
        'procedure "odd ""Schema"."pro""cedure"(INOUT x integer)',
        "aggregate public.total(integer)",
      ]),
    );
    expect(facts.tables).toEqual(
      expect.arrayContaining([
        { name: "public.blog", kind: "table", rows: 3000, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "public.empty", kind: "table", rows: 0, rowsAre: "exact", bytes: 0 },
        { name: "public.nothing", kind: "table", rows: 3, rowsAre: "exact", bytes: 3 },
        { name: 'public."line\nbreak"', kind: "table", rows: 8, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "public.secret", kind: "table", rows: 2, rowsAre: "exact", bytes: expect.any(Number) },
        { name: "public.parted", kind: "table", storage: "partitioned" },
        { name: "public.far_away", kind: "table", storage: "foreign" },
        { name: "public.numbers", kind: "sequence" },
      ]),
    );
    expect(facts.tables.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBeLessThan(readFileSync(path).length);
    expect(warnings).toEqual([]);
  });

  test("shows the password neither in the process list nor in the environment", async () => {
    const context = testContext();
    const running = await postgresqlEngine.dump(
      settingsFor(filled),
      await postgresqlEngine.inspect(settingsFor(filled), context),
      context,
    );
    try {
      // Not read yet, so the tool waits with a full pipe.
      const seen = readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
        .map((entry) => readIfThere(`/proc/${entry}/cmdline`) + readIfThere(`/proc/${entry}/environ`))
        .filter((text) => text.includes("passfile='/dev/fd/3'"));
      expect(seen.some((text) => text.includes("user='backup'"))).toBe(true);
      expect(seen.some((text) => text.includes(password.slice(0, 12)) || text.includes("PGPASSWORD"))).toBe(false);
    } finally {
      await running.cleanup();
    }
  });

  test("is led astray by no variable of the environment", async () => {
    const environment = {
      ...process.env,
      PGHOST: "/nonexistent",
      PGSERVICE: "none",
      PGOPTIONS: "-c search_path=none",
      PGCLIENTENCODING: "LATIN1",
      PGSSLMODE: "require",
      LC_ALL: "de_DE.UTF-8",
    };
    const rows = await postgresqlEngine.query(settingsFor("empty"), "SELECT 'ü€';  ", testContext({ environment }));
    expect(rows).toEqual([["ü€"]]);
  });

  test("cannot change the database by a query", async () => {
    await source.execute(
      "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1); GRANT ALL ON kept TO backup",
      "empty",
    );
    onTestFinished(async () => void (await source.execute("DROP TABLE kept", "empty")));
    const remove = "WITH gone AS (DELETE FROM kept RETURNING id) SELECT id FROM gone";
    await expect(postgresqlEngine.query(settingsFor("empty"), remove, testContext())).rejects.toMatchObject({
      code: "database-query-failed",
      message: expect.stringContaining("read-only transaction"),
    });
    expect(await source.execute("SELECT count(*) FROM kept", "empty")).toBe("1");
  });

  test("warns that nothing can be skipped, once", async () => {
    const { warnings } = await dump(settingsFor("empty", { skip: ["triggers", "views"] }));
    expect(warnings).toEqual([expect.stringContaining("dumped whole")]);
  });

  test("keeps encoding and collation, whatever the server's own are", async () => {
    await source.createDatabase("latin", "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    await source.execute("CREATE TABLE words (word text); INSERT INTO words VALUES ('grün'), ('naïve')", "latin");
    const { facts, path } = await dump(settingsFor("latin"));
    expect(facts).toMatchObject({ characterSet: "LATIN1", collation: "C" });
    await restore(settingsFor("latin"), path);
    expect(await postgresqlFingerprint(restored, "latin")).toEqual(await postgresqlFingerprint(source, "latin"));
  });

  test("tells an ICU collation", async () => {
    await source.createDatabase("icu", "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn-true' LOCALE 'C'");
    const { facts, path } = await dump(settingsFor("icu"));
    expect(facts.collation).toBe("de-u-kn-true (icu)");
    await restore(settingsFor("icu"), path);
    expect(await postgresqlFingerprint(restored, "icu")).toEqual(await postgresqlFingerprint(source, "icu"));
  });

  test("warns of a table that is created, and of one that is dropped, while the dump runs", async () => {
    await source.createDatabase("moving");
    await source.execute("CREATE TABLE a (id int); CREATE TABLE b (id int)", "moving");
    const real = join(source.programs, "psql");
    const drop = `${real} -X -q -h ${source.socket} -p ${source.port} -U postgres -d moving -c 'DROP TABLE b'`;
    const context = testContext({ environment: withDumpTool(`${drop}; exec $real "$@"`) });
    const inventory = await postgresqlEngine.inspect(settingsFor("moving"), context);
    const running = await postgresqlEngine.dump(settingsFor("moving"), inventory, context);
    if (running.kind !== "stream") throw new Error("a dump of PostgreSQL is a stream");
    for await (const _ of running.source);
    await source.execute("CREATE TABLE c (id int)", "moving");
    const facts = await running.complete();
    await running.cleanup();
    expect(facts.tables.map(({ name }) => name)).toEqual(["public.a"]);
    expect(context.warnings).toEqual([
      expect.stringContaining("dropped from database moving while it was dumped: table public.b"),
      expect.stringContaining("created in database moving while it was dumped, and not in the dump: table public.c"),
    ]);
  });
});

describe("a dump of PostgreSQL that goes wrong", () => {
  test.each([
    ["is killed half-way", '$real "$@" | head -c 300000; kill -9 $$', "dump-failed", /ended by SIGKILL/],
    [
      "fails after all of it is written",
      '$real "$@"; echo "pg_dump: error: at the end" >&2; exit 1',
      "dump-failed",
      /exit code 1: .*at the end/,
    ],
    ["writes nothing", "exit 0", "dump-incomplete", /cannot be restored.*input file/],
    ["writes something else", "echo hello world, this is no archive", "dump-incomplete", /cannot be restored/],
    ["writes SQL", 'exec $real "$@" --format=plain', "dump-incomplete", /cannot be restored/],
    ["is cut in its table of contents", '$real "$@" | head -c 20000', "dump-incomplete", /cannot be restored/],
    ["is cut in its rows", '$real "$@" | head -c 300000', "dump-incomplete", /cannot be restored.*end of file/],
    ["lacks its last byte", '$real "$@" | head -c -1', "dump-incomplete", /cannot be restored.*end of file/],
    ["lacks a table", 'exec $real "$@" --exclude-table=child', "dump-incomplete", /lacks table public\.child/],
    ["lacks a schema", 'exec $real "$@" --exclude-schema=odd*', "dump-incomplete", /lacks .*schema "odd ""Schema"/],
    [
      "lacks the rows of a table",
      'exec $real "$@" --exclude-table-data=member',
      "dump-incomplete",
      /lacks the rows of public\.member$/,
    ],
    ["lacks all rows", 'exec $real "$@" --schema-only', "dump-incomplete", /the rows of/],
    ["lacks the large objects", 'exec $real "$@" --no-blobs', "dump-incomplete", /lacks the large objects$/],
    ["lacks an extension", 'exec $real "$@" --extension=citext', "dump-incomplete", /lacks .*extension pg_trgm 1\.6/],
  ])("counts for nothing when it %s", async (_, script, code, message) => {
    const context = testContext({ environment: withDumpTool(script) });
    const error = await refusal(dump(settingsFor(filled), context));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(runningClients()).toBe(0);
  });

  test("is recognized wherever it is cut", { timeout: 180_000 }, async () => {
    await source.createDatabase("cut");
    await source.execute(
      "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (2); CREATE VIEW b AS SELECT 1; SELECT lo_from_bytea(0, 'x'); ALTER ROLE backup SUPERUSER",
      "cut",
    );
    onTestFinished(async () => void (await source.execute("ALTER ROLE backup NOSUPERUSER")));
    const { path } = await dump(settingsFor("cut"));
    const { length } = readFileSync(path);
    const places = [
      ...Array.from({ length: 8 }, (_, index) => Math.floor((length * index) / 8)),
      ...Array.from({ length: 12 }, (_, index) => length - 1 - index * 3),
    ];
    for (const place of places) {
      const environment = withDumpTool(`$real "$@" | head -c ${place}`);
      const error = await refusal(dump(settingsFor("cut"), testContext({ environment })));
      expect([place, error.code]).toEqual([place, "dump-incomplete"]);
    }
  });

  test("is told with what to do", async () => {
    const tell = async (message: string) => {
      const script = `echo "pg_dump: error: ${message}" >&2; exit 1`;
      return await refusal(dump(settingsFor("empty"), testContext({ environment: withDumpTool(script) })));
    };
    expect(await tell("aborting because of server version mismatch")).toMatchObject({
      code: "dump-failed",
      hint: expect.stringContaining("apt-get install postgresql-client-N"),
    });
    expect(await tell("query failed: ERROR:  canceling statement due to lock timeout")).toMatchObject({
      code: "dump-failed",
      hint: expect.stringContaining("pg_stat_activity"),
    });
    expect(await tell("could not write to file: No space left on device")).toMatchObject({
      hint: expect.stringContaining("room"),
    });
  });

  test("keeps the end of what a tool prints by the megabyte, and its warnings where it goes well", async () => {
    const noise = "head -c 40000000 /dev/urandom >&2";
    const error = await refusal(
      dump(settingsFor("empty"), testContext({ environment: withDumpTool(`${noise}; echo "the end" >&2; exit 1`) })),
    );
    expect(error.message).toMatch(/the end$/);
    expect(error.message.length).toBeLessThan(1000);
    const warning = 'echo "pg_dump: warning: subscriptions not dumped because current user is not a superuser" >&2';
    const { warnings } = await dump(
      settingsFor("empty"),
      testContext({ environment: withDumpTool(`${warning}; exec $real "$@"`) }),
    );
    expect(warnings).toEqual([expect.stringMatching(/^pg_dump 15.*: subscriptions not dumped/)]);
  });
});

describe("a user of PostgreSQL who may not read everything", () => {
  /** Runs what the hint says, as an administrator. */
  async function follow(hint: string | undefined, database: string): Promise<void> {
    const statements = (hint ?? "").split("\n").filter((line) => line.startsWith("  "));
    await source.execute(statements.join("\n"), database);
  }

  test("is told which grants are missing; with these the dump is whole", async () => {
    await source.createUser('nobo"dy', "none");
    onTestFinished(async () => void (await source.execute('ALTER ROLE "nobo""dy" NOLOGIN')));
    const settings = settingsFor(filled, { user: 'nobo"dy', password: "none" });
    const error = await refusal(dump(settings));
    expect(error.code).toBe("database-privileges");
    expect(error.message).toMatch(
      /: schemas "odd ""Schema"; tables .*public\.blog, .* and 6 more; sequences .*public\.numbers, .*; rows behind row level security in public\.secret; large objects of postgres \(3\)$/s,
    );
    expect(error.hint).not.toContain('GRANT "postgres"');
    await follow(error.hint, filled);
    const { facts } = await dump(settings);
    expect(facts.tables).toEqual((await dump(settingsFor(filled))).facts.tables);
  });

  test("is told to become a member of the role that owns the large objects, if that is no superuser", async () => {
    await source.createUser("keeper", password);
    await source.createUser("reader", password);
    await source.createDatabase("objects");
    await source.execute("SET ROLE keeper; SELECT lo_from_bytea(0, 'x')", "objects");
    const settings = settingsFor("objects", { user: "reader" });
    const error = await refusal(dump(settings));
    expect(error.message).toMatch(/: large objects of keeper \(1\)$/);
    expect(error.hint).toContain('  GRANT "keeper" TO "reader";');
    await follow(error.hint, "objects");
    expect((await dump(settings)).facts.largeObjects).toBe(1);
  });

  test("needs nothing else where everything is his own", async () => {
    await source.createUser("owner", password);
    await source.createDatabase("own", "OWNER owner");
    await source.execute(
      "SET ROLE owner; CREATE SCHEMA s; CREATE TABLE s.t (id serial); ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; SELECT lo_create(0)",
      "own",
    );
    const { warnings } = await dump(settingsFor("own", { user: "owner" }));
    expect(warnings).toEqual([]);
  });

  test("is warned of passwords of foreign servers that only a superuser may read", async () => {
    await source.createDatabase("foreign");
    await source.execute(
      "CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (password 'p')",
      "foreign",
    );
    expect((await dump(settingsFor("foreign"))).warnings).toEqual([
      expect.stringMatching(/user mappings.*: elsewhere|elsewhere$/),
    ]);
    await source.createUser("root", password, ["ALTER ROLE :user SUPERUSER"]);
    const settings = settingsFor("foreign", { user: "root" });
    const { warnings, path } = await dump(settings);
    expect(warnings).toEqual([]);
    await restore(settings, path);
    expect(await postgresqlFingerprint(restored, "foreign")).toEqual(await postgresqlFingerprint(source, "foreign"));
  });
});
