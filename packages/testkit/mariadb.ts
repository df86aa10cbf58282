import { chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startGuardedServer } from "@catapullt/core/process/guard";
import { execa } from "execa";
import { freePort } from "./free-port.ts";
import { systemProgram } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

export interface MariadbOptions {
  /** Also listens on a free port of 127.0.0.1. */
  tcp?: boolean | undefined;
  /** More arguments of mariadbd, such as `--max-allowed-packet=256M`. */
  serverArguments?: readonly string[] | undefined;
}

export interface ThrowawayMariadb {
  socket: string;
  /** With `tcp` only. */
  port: number | undefined;
  /** Arguments with which any client connects as `root`, who has no password. */
  clientArguments: readonly string[];
  /** Runs SQL as `root` and returns what the client prints in batch mode without column names. */
  execute(sql: string, database?: string): Promise<string>;
  /** Makes `name`@`%` with a password and these grants, each the part between GRANT and TO. */
  createUser(name: string, password: string, grants: readonly string[]): Promise<void>;
  /** Ends the server at once and removes its data. Idempotent. */
  stop(): Promise<void>;
}

const startLimit = 60_000;

/**
 * Starts a MariaDB server of its own in a temporary directory, as an unprivileged user, on a unix socket. It ends, and
 * its directory goes away, with `stop()` or when this process ends, however it ends: a guard waits for that.
 */
export async function startMariadb({
  tcp = false,
  serverArguments = [],
}: MariadbOptions = {}): Promise<ThrowawayMariadb> {
  const directory = createTemporaryDirectory("mariadb").path;
  const socket = join(directory, "server.sock");
  const port = tcp ? await freePort() : undefined;
  // Of its own: a server that starts removes what looks like temporary tables of its predecessor.
  const temporary = join(directory, "tmp");
  mkdirSync(temporary);
  const account = serverAccount([directory, temporary]);
  const everywhere = ["--no-defaults", `--datadir=${join(directory, "data")}`, `--tmpdir=${temporary}`, ...smallServer];
  const log = join(directory, "server.log");
  const { end: stop } = startGuardedServer({
    directory,
    log,
    account,
    prepare: [systemProgram("mariadb-install-db"), ...everywhere, "--auth-root-authentication-method=normal"],
    command: [
      systemProgram("mariadbd"),
      ...everywhere,
      `--socket=${socket}`,
      `--pid-file=${join(directory, "server.pid")}`,
      ...(port === undefined ? ["--skip-networking"] : ["--bind-address=127.0.0.1", `--port=${port}`]),
      "--skip-name-resolve",
      "--skip-log-bin",
      "--max-connections=50",
      ...serverArguments,
    ],
  });
  const clientArguments = ["--no-defaults", `--socket=${socket}`, "--user=root"];
  const execute = (sql: string, database?: string) => runClient([...clientArguments, ...batchMode], sql, database);
  try {
    await waitUntilReady(log, () => execute("SELECT 1"));
    await execute(withoutAnonymousUsers);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    socket,
    port,
    clientArguments,
    execute,
    async createUser(name, password, grants) {
      const account = `${quote(name)}@'%'`;
      await execute(
        [
          `CREATE USER ${account} IDENTIFIED BY ${quote(password)}`,
          ...grants.map((grant) => `GRANT ${grant} TO ${account}`),
        ].join(";\n"),
      );
    },
    stop,
  };
}

const smallServer = [
  "--innodb-buffer-pool-size=32M",
  "--innodb-log-file-size=32M",
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-doublewrite=0",
  "--innodb-flush-method=nosync",
  "--key-buffer-size=1M",
  "--max-allowed-packet=256M",
  "--performance-schema=0",
];

// Whoever connects through the socket would match ''@localhost before his own account at '%'.
const withoutAnonymousUsers = "DELETE FROM mysql.global_priv WHERE User = ''; FLUSH PRIVILEGES";

const batchMode = [
  "--batch",
  "--skip-column-names",
  "--binary-mode",
  "--default-character-set=utf8mb4",
  "--max-allowed-packet=1G",
];

async function runClient(args: readonly string[], sql: string, database: string | undefined): Promise<string> {
  const client = await execa(systemProgram("mariadb"), [...args, ...(database === undefined ? [] : [database])], {
    input: sql,
    maxBuffer: 512 * 1024 * 1024,
  });
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
      if (/\[ERROR\] Aborting/.test(text) || performance.now() > limit) {
        throw new Error(`the throwaway MariaDB did not start:\n${text.slice(-4000)}`, { cause: error });
      }
      await delay(50);
    }
  }
}

// mariadbd refuses to run as root; the packages bring a user for it.
function serverAccount(directories: readonly string[]): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const entry = /^mysql:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (entry === null) throw new Error("the user mysql is missing, which Debian's mariadb-server brings");
  const account = { uid: Number(entry[1]), gid: Number(entry[2]) };
  for (const directory of directories) chownSync(directory, account.uid, account.gid);
  return account;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
