import { chownSync, existsSync, readFileSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startGuardedServer } from "@catapullt/core/process/guard";
import { execa } from "execa";
import { freePort } from "./free-port.ts";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface PostgresqlOptions {
  /** Also listens on a free port of 127.0.0.1, where roles log in with their passwords. */
  tcp?: boolean | undefined;
  /** Settings of the server, such as `{ lo_compat_privileges: "on" }`. */
  settings?: Readonly<Record<string, string>> | undefined;
}

export interface ThrowawayPostgresql {
  /** The directory of the unix socket, where everybody may be anyone. */
  socket: string;
  /** With `tcp` that of 127.0.0.1 too. */
  port: number;
  /** Where the server's own client programs lie. */
  programs: string;
  /** Arguments with which any client connects as the superuser `postgres`, who has no password. */
  clientArguments: readonly string[];
  /** Runs SQL as `postgres` and returns the rows, fields between tabs; stops at the first error. */
  execute(sql: string, database?: string): Promise<string>;
  /** Makes a role that logs in with a password; `grants` are whole statements in which `:user` stands for its name. */
  createUser(name: string, password: string, grants?: readonly string[]): Promise<void>;
  /** Makes a database with these words after its name, such as `TEMPLATE template0 ENCODING 'LATIN1'`. */
  createDatabase(name: string, options?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Ends the server at once and removes its data. Idempotent. */
  stop(): Promise<void>;
}

const startLimit = 60_000;

/**
 * Starts a PostgreSQL server of its own in a temporary directory, as an unprivileged user, on a unix socket. It ends, and
 * its directory goes away, with `stop()` or when this process ends, however it ends: a guard waits for that.
 */
export async function startPostgresql({
  tcp = false,
  settings = {},
}: PostgresqlOptions = {}): Promise<ThrowawayPostgresql> {
  const directory = createTemporaryDirectory("postgresql").path;
  const programs = dirname(realpathSync(systemProgram("postgres")));
  const port = await freePort();
  const data = join(directory, "data");
  const log = join(directory, "server.log");
  const { end: stop } = startGuardedServer({
    directory,
    log,
    endSignal: "QUIT",
    account: serverAccount(directory),
    prepare: [
      join(programs, "initdb"),
      `--pgdata=${data}`,
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C.UTF-8",
      "--auth-local=trust",
      "--auth-host=scram-sha-256",
      "--no-sync",
      "--no-instructions",
    ],
    command: [
      join(programs, "postgres"),
      ...["-D", data, "-k", directory, "-p", String(port)],
      ...Object.entries({
        ...smallServer,
        listen_addresses: tcp ? "127.0.0.1" : "",
        ...settings,
      }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
  });
  const clientArguments = [`--host=${directory}`, `--port=${port}`, "--username=postgres", "--no-password"];
  const psql = join(programs, "psql");
  const execute = (sql: string, database = "postgres") => runPsql([psql, ...clientArguments], sql, database);
  try {
    await waitUntilReady(log, () => execute("SELECT 1"));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    socket: directory,
    port,
    programs,
    clientArguments,
    execute,
    async createUser(name, password, grants = []) {
      const user = quoteIdentifier(name);
      await execute(
        [`CREATE ROLE ${user} LOGIN PASSWORD ${quoteLiteral(password)}`, ...grants]
          .map((statement) => statement.replaceAll(":user", () => user))
          .join(";\n"),
      );
    },
    async createDatabase(name, options = "") {
      await execute(`CREATE DATABASE ${quoteIdentifier(name)} ${options}`);
    },
    async dropDatabase(name) {
      await execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
    },
    stop,
  };
}

// Segments of shared memory are files in the data directory, which goes away in any case.
const smallServer = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "4GB",
  shared_buffers: "32MB",
  dynamic_shared_memory_type: "mmap",
  max_connections: "50",
  autovacuum: "off",
  lc_messages: "C",
  timezone: "UTC",
};

async function runPsql([psql = "", ...args]: readonly string[], sql: string, database: string): Promise<string> {
  const client = await execa(
    psql,
    [
      ...args,
      ...["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t"],
      "--set=ON_ERROR_STOP=1",
      `--dbname=dbname=${quoteConnectionValue(database)}`,
    ],
    { input: sql, maxBuffer: 512 * 1024 * 1024, env: { PGCLIENTENCODING: "UTF8" } },
  );
  return client.stdout;
}

async function waitUntilReady(log: string, probe: () => Promise<unknown>): Promise<void> {
  const limit = performance.now() + startLimit;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      const text = existsSync(log) ? readFileSync(log, "utf8") : "";
      if (/^initdb: error|FATAL: {2}(?!the database system is starting)/m.test(text) || performance.now() > limit) {
        throw new Error(`the throwaway PostgreSQL did not start:\n${text.slice(-4000)}`, { cause: error });
      }
      await delay(50);
    }
  }
}

// initdb and postgres refuse to run as root; the packages bring a user for them.
function serverAccount(directory: string): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (entry === null) throw new Error("the user postgres is missing, which Debian's postgresql brings");
  const account = { uid: Number(entry[1]), gid: Number(entry[2]) };
  chownSync(directory, account.uid, account.gid);
  return account;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteConnectionValue(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
