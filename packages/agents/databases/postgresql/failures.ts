import { OperationError } from "@catapullt/core/errors";
import { describeOutcome } from "@catapullt/core/process/run";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseSettings } from "../engine.ts";
import { address } from "./connection.ts";
import { quoteIdentifier } from "./quoting.ts";

/** What went wrong in a client program: which, how it ended, and for which database. */
export interface ClientFailure {
  program: string;
  outcome: ProcessOutcome;
  settings: DatabaseSettings;
}

interface Explanation {
  message: RegExp;
  code?: "database-unreachable" | "database-denied" | "database-unknown" | undefined;
  hint: string;
}

const longestMessage = 600;
const connectionLost = 2; // psql's exit code

/** The error for a query that failed. */
export function queryFailure(failure: ClientFailure): OperationError {
  const { settings, outcome, program } = failure;
  const explanation = explain(failure);
  const code = outcome.exitCode === connectionLost ? "database-unreachable" : "database-query-failed";
  return new OperationError(
    explanation?.code ?? code,
    `${describeTarget(settings)}: ${describeFailure(program, outcome)}`,
    { hint: explanation?.hint },
  );
}

/** The error for a dump that failed, whatever it had written by then. */
export function dumpFailure(failure: ClientFailure): OperationError {
  const { settings, outcome, program } = failure;
  return new OperationError(
    "dump-failed",
    `the dump of database ${settings.name} failed: ${describeFailure(program, outcome)}`,
    { hint: explain(failure)?.hint },
  );
}

/** How a program ended, and the last that it said. */
export function describeFailure(program: string, outcome: ProcessOutcome): string {
  const said = lastLines(outcome.errorOutput);
  const end = `${program}: ${describeOutcome(outcome)}`;
  return said === "" ? end : `${end}: ${said}`;
}

/** `postgresql database wiki at db1:5432, user backup`, without a password. */
export function describeTarget(settings: DatabaseSettings): string {
  const { host, port = "5432" } = address(settings);
  const server = host === undefined ? "local server" : `${host}:${port}`;
  const place = settings.container === undefined ? "" : ` in container ${settings.container.name}`;
  return `postgresql database ${settings.name} at ${server}${place}${settings.user === undefined ? "" : `, user ${settings.user}`}`;
}

function lastLines(errorOutput: string): string {
  const lines = errorOutput
    .split("\n")
    .map((line) => line.trim().replace(/^(psql|pg_dump|pg_restore): (error: )?/, ""))
    .filter((line) => line !== "" && !/^(LINE \d+:|\^)/.test(line));
  const text = lines.slice(-4).join("; ");
  return text.length <= longestMessage ? text : `…${text.slice(-longestMessage)}`;
}

function explain({ outcome, settings }: ClientFailure): Explanation | { code: undefined; hint: string } | undefined {
  const explanation = explanations(settings).find(({ message }) => message.test(outcome.errorOutput));
  if (explanation !== undefined) return explanation;
  if (outcome.endedBy === "SIGKILL")
    return { code: undefined, hint: "the kernel may have ended it for want of memory: see dmesg" };
  return undefined;
}

// The first that matches counts. Servers whose `lc_messages` is not English are understood in part only.
function explanations(settings: DatabaseSettings): Explanation[] {
  const { name, user } = settings;
  const isItRunning = "check that the server runs and that `host`, `port` or `socket` are right";
  const account = user ?? "root";
  const checkLogin = `check \`user\` and \`password\`; the server's pg_hba.conf must let ${account} in from this host`;
  return [
    {
      message: /server version mismatch/,
      hint: "install the client programs of the server's release: apt-get install postgresql-client-N",
    },
    {
      message: /(peer|ident) authentication failed|role ".*" does not exist/i,
      code: "database-denied",
      hint: isLocal(settings) ? localAccess(settings) : checkLogin,
    },
    {
      message:
        /password authentication failed|no password supplied|authentication failed|is not permitted to log in|pg_hba\.conf/,
      code: "database-denied",
      hint: checkLogin,
    },
    {
      message: /permission denied for database/,
      code: "database-denied",
      hint: `run as an administrator of the database server: GRANT CONNECT ON DATABASE ${quoteIdentifier(name)} TO ${quoteIdentifier(account)};`,
    },
    {
      message: /database ".*" does not exist/s,
      code: "database-unknown",
      hint: "check the database's `name`",
    },
    {
      message: /too many (clients|connections)|remaining connection slots/,
      code: "database-unreachable",
      hint: "the server has no connection left: raise its max_connections",
    },
    {
      message: /could not translate host name/,
      code: "database-unreachable",
      hint: "the host's name cannot be resolved: check `host`",
    },
    {
      message: /does not support SSL|SSL error|certificate|SSL connection has been closed/,
      code: "database-unreachable",
      hint: "TLS failed: set `tls` for this database (`mode: disabled` where the server has none), or its `caFile`",
    },
    {
      message: /Connection refused|No such file or directory|timeout expired|No route to host|Network is unreachable/,
      code: "database-unreachable",
      hint: isItRunning,
    },
    {
      message: /the database system is/,
      code: "database-unreachable",
      hint: "the server is starting, stopping or in recovery: see its log, and run the backup again",
    },
    {
      message: /server closed the connection|connection to server was lost|terminating connection/,
      code: "database-unreachable",
      hint: "the server ended the connection: see its log",
    },
    {
      message: /lock timeout/,
      hint: "another session held a table for too long (see pg_locks, pg_stat_activity): run the backup at another time",
    },
    {
      message: /permission denied for|must be owner of|row-level security/,
      hint: "the user lacks a privilege that is named above: grant it, or dump as the database's owner",
    },
    {
      message: /cache lookup failed|could not open relation with OID|does not exist.*LOCK TABLE/s,
      hint: "something was dropped while the dump began: run the backup again, not during upgrades",
    },
    {
      message: /No space left on device/,
      hint: "make room on the disk that is full: the server's, if it says so",
    },
  ];
}

function isLocal(settings: DatabaseSettings): boolean {
  return address(settings).host?.startsWith("/") ?? true;
}

function localAccess({ user: role = "root", container }: DatabaseSettings): string {
  if (container !== undefined) {
    return "set `user` to a role that the server in the container knows (where the image was told no other: `postgres`); where it asks for a password, `host: 127.0.0.1` and `password` too";
  }
  const create = quoteForShell(`CREATE ROLE ${quoteIdentifier(role)} LOGIN`);
  const grant = quoteForShell(`GRANT pg_read_all_data TO ${quoteIdentifier(role)}`);
  return [
    "who connects through the socket must be known to the server by the name of the system user. As root, run:",
    `  runuser -u postgres -- psql -c ${create} -c ${grant}`,
    "(before release 14: grant what the next run names), or set `host: 127.0.0.1`, `user` and `password`",
  ].join("\n");
}
