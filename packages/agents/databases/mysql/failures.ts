import { OperationError } from "@catapullt/core/errors";
import { describeOutcome } from "@catapullt/core/process/run";
import type { ProcessOutcome } from "@catapullt/core/process/start";
import type { DatabaseSettings } from "../engine.ts";

/** What went wrong in a client program: which, how it ended, and for which database. */
export interface ClientFailure {
  program: string;
  outcome: ProcessOutcome;
  settings: DatabaseSettings;
}

interface Explanation {
  code: "database-unreachable" | "database-denied" | "database-unknown" | "database-privileges" | undefined;
  hint: string;
}

const longestMessage = 600;

/**
 * The error number in what a client program printed: `ERROR 1045 (28000): …`, `Got error: 1045: …`, `Error 2013: …` or
 * `Couldn't execute '…': … (1227)`. The last one counts.
 */
export function errorNumber(errorOutput: string): number | undefined {
  const numbers = [...errorOutput.matchAll(/\berror:? (\d{4})\b|\((\d{4})\)\s*$/gim)];
  const last = numbers.at(-1);
  return last === undefined ? undefined : Number(last[1] ?? last[2]);
}

/** The error for a query that failed. */
export function queryFailure(failure: ClientFailure): OperationError {
  const { settings, outcome, program } = failure;
  const explanation = explain(failure);
  const message = `${describeTarget(settings)}: ${describeFailure(program, outcome)}`;
  return new OperationError(explanation?.code ?? "database-query-failed", message, { hint: explanation?.hint });
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

/** `mysql://confluence@127.0.0.1:3306/confluence`, without a password. */
export function describeTarget({ engine, user, socket, host, port, name, container }: DatabaseSettings): string {
  const server =
    socket ?? (host === undefined && port === undefined ? "local server" : `${host ?? "127.0.0.1"}:${port ?? 3306}`);
  const place = container === undefined ? "" : ` in container ${container.name}`;
  return `${engine} database ${name} at ${server}${place}${user === undefined ? "" : `, user ${user}`}`;
}

/** How a client program ended and the last of what it said. */
export function describeFailure(program: string, outcome: ProcessOutcome): string {
  const said = lastLines(outcome.errorOutput);
  const end = `${program}: ${describeOutcome(outcome)}`;
  return said === "" ? end : `${end}: ${said}`;
}

// Newer clients print the whole statement that failed, data included, and any may print megabytes.
function lastLines(errorOutput: string): string {
  const lines = errorOutput
    .replace(/^-{10,}\n.*?^-{10,}\n/gms, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/Deprecated program name|\[Warning\]/i.test(line));
  const text = lines.slice(-3).join("; ");
  return text.length <= longestMessage ? text : `…${text.slice(-longestMessage)}`;
}

function explain({ outcome, settings }: ClientFailure): Explanation | undefined {
  const number = errorNumber(outcome.errorOutput);
  if (number !== undefined) return explanations(settings)[number];
  if (/errno 28\b|No space left on device/i.test(outcome.errorOutput))
    return { code: undefined, hint: "make room on the disk that it wrote to" };
  if (outcome.endedBy === "SIGKILL")
    return { code: undefined, hint: "the kernel may have ended it for want of memory: see dmesg" };
  return undefined;
}

function explanations({ name, user = "the user" }: DatabaseSettings): Record<number, Explanation> {
  const unreachable = (hint: string): Explanation => ({ code: "database-unreachable", hint });
  const denied = (hint: string): Explanation => ({ code: "database-denied", hint });
  const dumping = (hint: string): Explanation => ({ code: undefined, hint });
  const isItRunning = "check that the server runs and that `host`, `port` or `socket` are right";
  const checkPassword = `check \`user\` and \`password\`; the server must know ${user} as coming from this host`;
  return {
    1040: unreachable("the server has no connection left: raise its max_connections"),
    1044: denied(`give ${user} access: GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON the database ${name}`),
    1045: denied(checkPassword),
    1049: { code: "database-unknown", hint: "check the database's `name`" },
    1129: unreachable("the server blocks this host after many failed connections: run mariadb-admin flush-hosts there"),
    1130: denied(`the server lets nobody in from this host: create an account for ${user} at this host`),
    1142: dumping(`${user} lacks a privilege that is named above: grant it`),
    1227: dumping(
      `${user} lacks a privilege that is named above; a mysqldump of 8.0.32 or 5.7.41 asks for RELOAD by mistake: update it`,
    ),
    1356: dumping(
      "a view refers to something that is gone: repair or drop it, or set `skip: [views]` for this database",
    ),
    1412: dumping("a table was altered during the dump: run the backup again, not during upgrades"),
    1698: denied(checkPassword),
    2002: unreachable(isItRunning),
    2003: unreachable(isItRunning),
    2005: unreachable("the host's name cannot be resolved: check `host`"),
    2006: unreachable(
      "the server closed the connection: see its error log; a row may be larger than its max_allowed_packet",
    ),
    2013: unreachable(
      "the connection was lost: see the server's error log; raise its net_write_timeout if the dump is slow",
    ),
    2020: dumping("a row is larger than 1 GB or than the server's max_allowed_packet: raise that"),
    2026: unreachable(
      "TLS failed: set `tls` for this database (`mode: disabled` where the server has none), or its `caFile`",
    ),
    2059: unreachable("the client lacks the user's authentication plugin: install the server's own client program"),
  };
}
