import type { ProcessOutcome } from "@catapullt/core/process/start";
import { expect, test } from "vitest";
import { dumpFailure, errorNumber, queryFailure } from "./failures.ts";

const settings = { engine: "mysql", name: "wiki", host: "db1", user: "backup", skip: [] } as const;

function outcome(errorOutput: string, rest: Partial<ProcessOutcome> = {}): ProcessOutcome {
  return { exitCode: 2, endedBy: undefined, timedOut: false, startError: undefined, errorOutput, ...rest };
}

test.each([
  ["ERROR 1045 (28000): Access denied for user 'x'@'localhost' (using password: YES)\n", 1045],
  ["mariadb-dump: Got error: 2002: \"Can't connect to server on 'db1' (115)\" when trying to connect\n", 2002],
  ["mysqldump: Error 2013: Lost connection to server during query when dumping table `t` at row: 118\n", 2013],
  ["mysqldump: Couldn't execute 'FLUSH TABLES': Access denied (1227)\n", 1227],
  ["mysqldump: [Warning] Using a password on the command line\nERROR 2059 (HY000): Authentication plugin\n", 2059],
  ["mysqldump: Got errno 28 on write\n", undefined],
  ["", undefined],
])("finds the error's number in %j", (text, expected) => {
  expect(errorNumber(text)).toBe(expected);
});

test.each([
  ["ERROR 1045 (28000): Access denied", "database-denied", /password/],
  ["ERROR 1044 (42000): Access denied for user", "database-denied", /GRANT/],
  ["ERROR 1049 (42000): Unknown database 'wiki'", "database-unknown", /name/],
  ["ERROR 2002 (HY000): Can't connect", "database-unreachable", /host/],
  ["ERROR 2005 (HY000): Unknown server host", "database-unreachable", /host/],
  ["ERROR 2026 (HY000): TLS/SSL error: self-signed certificate", "database-unreachable", /tls/],
  ["ERROR 2059 (HY000): Authentication plugin", "database-unreachable", /client/],
  ["ERROR 1064 (42000): You have an error in your SQL syntax", "database-query-failed", undefined],
  ["", "database-query-failed", undefined],
])("explains why a query failed: %s", (errorOutput, code, hint) => {
  const error = queryFailure({ program: "mariadb 10.11", outcome: outcome(errorOutput, { exitCode: 1 }), settings });
  expect(error.code).toBe(code);
  expect(error.message).toContain("mysql database wiki at db1:3306, user backup");
  if (hint === undefined) expect(error.hint).toBeUndefined();
  else expect(error.hint).toMatch(hint);
});

test.each([
  ["mariadb-dump: Got errno 28 on write", {}, /exit code 2: .*errno 28/, /room/],
  ["mysqldump: Error 2013: Lost connection", { exitCode: 3 }, /exit code 3/, /error log/],
  [
    "mysqldump: Couldn't execute 'SHOW FIELDS': View 'wiki.v' references invalid table(s) (1356)",
    {},
    /wiki\.v/,
    /view/,
  ],
  ["", { exitCode: undefined, endedBy: "SIGKILL" as const }, /ended by SIGKILL/, /memory/],
  ["", { exitCode: undefined, endedBy: "SIGTERM" as const }, /ended by SIGTERM/, undefined],
])("explains why a dump failed: %s %o", (errorOutput, rest, message, hint) => {
  const error = dumpFailure({ program: "mysqldump 8.0.36", outcome: outcome(errorOutput, rest), settings });
  expect(error.code).toBe("dump-failed");
  expect(error.message).toMatch(message);
  if (hint === undefined) expect(error.hint).toBeUndefined();
  else expect(error.hint).toMatch(hint);
});

test("keeps the end of a long message and leaves out warnings and statements' frames", () => {
  const noise = `--------------\nINSERT INTO t VALUES (${"x".repeat(5000)})\n--------------\n\nmysqldump: Deprecated program name. It will be removed\nERROR 1064 (42000): the cause`;
  const { message } = queryFailure({ program: "mariadb", outcome: outcome(noise), settings });
  expect(message.length).toBeLessThan(800);
  expect(message).toMatch(/ERROR 1064 \(42000\): the cause$/);
  expect(message).not.toMatch(/Deprecated|INSERT|xxx/);
});
