import { awkwardRoles, createAwkwardPostgresql } from "@catapullt/testkit/awkward-postgresql";
import { quoteIdentifier, startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { account, type RoundTripSubject, tableNames } from "./round-trip-subject.ts";

let server: ThrowawayPostgresql;
const administratorPassword = "postgres's own\\ ";

const database = `we"ird; na'me`;

// It makes the database itself, with encoding, owner and settings.
async function fillAwkward(name: string, largeRow: boolean): Promise<void> {
  await server.dropDatabase(name);
  await createAwkwardPostgresql(server, name, { largeRow });
}

export const postgresqlRoundTrip: RoundTripSubject = {
  title: "PostgreSQL",
  async start() {
    server = await startPostgresql({ tcp: true, settings: { max_locks_per_transaction: "256" } });
    await server.createUser(account.user, account.password, ["ALTER ROLE :user SUPERUSER"]);
    await server.execute(`ALTER ROLE postgres PASSWORD '${administratorPassword.replaceAll("'", "''")}'`);
  },
  stop: async () => server?.stop(),
  awkward: { title: "awkward data", database, fill: (database) => fillAwkward(database, false) },
  cases: [
    {
      title: "awkward data, rows of 16 MB and 64 MB, and a name that needs quoting",
      database,
      fill: (database) => fillAwkward(database, true),
    },
    {
      title: "2,000 tables",
      database: "many",
      async fill(database) {
        await server.execute(
          tableNames.map((name) => `CREATE TABLE ${name} (id int GENERATED ALWAYS AS IDENTITY)`).join(";\n"),
          database,
        );
        await server.execute("INSERT INTO table_1999 DEFAULT VALUES", database);
      },
    },
    { title: "an empty database", database: "empty", fill: async () => {} },
  ],
  changes: [
    'DROP TRIGGER "wei""rd; trigger" ON team',
    "UPDATE kinds SET bytes = set_byte(bytes, 200, 1) WHERE id = 4",
    "DROP MATERIALIZED VIEW totals",
    "DROP VIEW tree",
    "ALTER TYPE mood RENAME VALUE 'sad' TO 'glad'",
    "SELECT setval('numbers', 1)",
    "SELECT setval('generated_id_seq', 1000)",
    "SELECT lo_put(min(oid), 0, '\\x01') FROM pg_largeobject_metadata WHERE oid IN (SELECT loid FROM pg_largeobject)",
    "SELECT lo_unlink(max(oid)) FROM pg_largeobject_metadata",
    "DROP EXTENSION pg_trgm CASCADE",
    'DROP POLICY "only; own" ON secret',
    "REVOKE ALL ON team FROM PUBLIC",
    'ALTER TABLE blog OWNER TO "own;er $do$"',
    'ALTER TABLE team DROP CONSTRAINT "lead;er"',
    "ALTER TABLE kinds ALTER \"😀; name\" SET DEFAULT 'x'",
  ],
  entry: (name) => ({ engine: "postgresql", name, host: "127.0.0.1", port: server.port, ...account }),
  administrator: { environment: { PGPASSWORD: administratorPassword } },
  create: (database) => server.createDatabase(database),
  execute: (database, sql) => server.execute(sql, database),
  async drop(database) {
    await server.dropDatabase(database);
    for (const role of awkwardRoles) await server.execute(`DROP ROLE IF EXISTS ${quoteIdentifier(role)}`);
  },
  async prepare(plan) {
    for (const [statement] of plan.matchAll(/CREATE ROLE .*;$/gm)) await server.execute(statement);
  },
  exists: async (database) => (await server.execute("SELECT datname FROM pg_database")).split("\n").includes(database),
  fingerprint: (database) => postgresqlFingerprint(server, database),
};
