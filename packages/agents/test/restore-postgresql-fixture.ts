import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  quoteIdentifier,
  quoteLiteral,
  startPostgresql,
  type ThrowawayPostgresql,
} from "@catapullt/testkit/postgresql";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";

export const password = "p#a\"s's w\\ord;$ ";
/** A role that may make no database. */
export const plainOwner = 'app"s; owner';

/** A server for the tests of one file, with the roles `postgres`, `maker`, who may make databases, and `plainOwner`. */
export function usePostgresql(): () => ThrowawayPostgresql {
  let server: ThrowawayPostgresql;
  beforeAll(async () => {
    server = await startPostgresql({ tcp: true });
    await server.execute(`ALTER ROLE postgres PASSWORD ${quoteLiteral(password)}`);
    await server.createUser("maker", password, ["ALTER ROLE :user CREATEDB"]);
    await server.createUser(plainOwner, password);
  });
  afterAll(() => server?.stop());
  return () => server;
}

let counter = 0;

/** A name that needs quoting, of a database that goes away with the test, and all that a restore left beside it. */
export function uniqueName(server: ThrowawayPostgresql): string {
  counter += 1;
  const name = `we"ird; na'me ${counter} ü`;
  onTestFinished(async () => {
    for (const database of await databasesLike(server, `${name}%`)) await server.dropDatabase(database);
  });
  return name;
}

export async function databasesLike(server: ThrowawayPostgresql, pattern: string): Promise<string[]> {
  const names = await server.execute(
    `SELECT datname FROM pg_database WHERE datname LIKE ${quoteLiteral(pattern)} ORDER BY 1`,
  );
  return names.split("\n").filter((name) => name !== "");
}

/** A host whose application has this database and reaches it over TCP as this user. */
export function createHost(server: ThrowawayPostgresql, database: string, user: string): RestoreHost {
  return createRestoreHost(application(server, database, user));
}

export function application(server: ThrowawayPostgresql, database: string, user: string): string {
  return `  intranet:
    type: generic
    version: { value: "1" }
    databases: [{ engine: postgresql, name: ${JSON.stringify(database)}, host: 127.0.0.1, port: ${server.port}, user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)} }]`;
}

/** A small database that belongs to one role only, as applications have it. */
export async function createPlain(server: ThrowawayPostgresql, database: string, owner: string): Promise<void> {
  await server.createDatabase(
    database,
    `OWNER ${quoteIdentifier(owner)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`,
  );
  await server.execute(
    `ALTER DATABASE ${quoteIdentifier(database)} SET statement_timeout = '1h';
    COMMENT ON DATABASE ${quoteIdentifier(database)} IS 'the ''intranet''';
    REVOKE CONNECT ON DATABASE ${quoteIdentifier(database)} FROM PUBLIC`,
  );
  await server.execute(
    `SET ROLE ${quoteIdentifier(owner)}; CREATE EXTENSION pg_trgm;
    CREATE TABLE page (id serial PRIMARY KEY, title text); CREATE INDEX ON page USING gin (title gin_trgm_ops);
    INSERT INTO page (title) SELECT 'Page ' || g FROM generate_series(1, 5000) g;
    CREATE VIEW first AS SELECT * FROM page WHERE id < 10; SELECT lo_from_bytea(0, 'a large object')`,
    database,
  );
}

/** A PATH whose pg_restore runs this shell script when it loads; `real` in it is the real one. */
export function standIn(server: ThrowawayPostgresql, host: RestoreHost, script: string): string {
  const directory = join(host.directory, "tools");
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "pg_restore"),
    `#!/bin/sh
real() { ${join(server.programs, "pg_restore")} "$@"; }
case "$*" in *--dbname=*) ${script};; *) real "$@";; esac\n`,
    { mode: 0o755 },
  );
  return `${directory}:${dirname(process.execPath)}:/usr/bin:/bin`;
}

/** Somebody who is connected until `close`. */
export async function openSession(
  server: ThrowawayPostgresql,
  database: string,
  application: string,
): Promise<{ close(): void }> {
  const child = spawn(
    join(server.programs, "psql"),
    [
      ...server.clientArguments,
      `--dbname=dbname='${database.replace(/[\\']/g, "\\$&")}'`,
      "--command=SELECT pg_sleep(600)",
    ],
    { env: { PGAPPNAME: application }, stdio: "ignore" },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const sessions = () =>
    server.execute(`SELECT count(*) FROM pg_stat_activity WHERE application_name = ${quoteLiteral(application)}`);
  await expect.poll(sessions, { timeout: 30_000 }).toBe("1");
  return { close: () => child.kill("SIGKILL") };
}

/** To whom the database and its tables belong, the grants on tables, and the rows of one. */
export async function owners(server: ThrowawayPostgresql, database: string): Promise<Record<string, string>> {
  const owner = await server.execute(
    `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ${quoteLiteral(database)}`,
  );
  const [tables = "", acl = "", pages = ""] = (
    await server.execute(
      `SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ','), string_agg(relacl::text, ','), (SELECT count(*) FROM page)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
      database,
    )
  ).split("\t");
  return { database: owner, tables, acl, pages };
}

/** Settings and comment of the database itself. */
export async function settingsOf(server: ThrowawayPostgresql, database: string): Promise<string[]> {
  const text = await server.execute(
    `SELECT array_to_string(setconfig, ','), shobj_description(oid, 'pg_database') FROM pg_database d
      LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid WHERE datname = ${quoteLiteral(database)}`,
  );
  return text.split("\t");
}
