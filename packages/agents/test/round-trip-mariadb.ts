import { fillAwkwardDatabase } from "@catapullt/testkit/awkward-database";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { account, type RoundTripSubject, tableNames } from "./round-trip-subject.ts";

let server: ThrowawayMariadb;
const rootPassword = "root's own\\ ";

const database = "we`ird; na-me";

export const mariadbRoundTrip: RoundTripSubject = {
  title: "MariaDB",
  async start() {
    server = await startMariadb({ tcp: true });
    await server.createUser(account.user, account.password, ["ALL PRIVILEGES ON *.*"]);
    await server.execute(`CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY 'root\\'s own\\\\ ';
      GRANT ALL PRIVILEGES ON *.* TO root@127.0.0.1 WITH GRANT OPTION`);
  },
  stop: async () => server?.stop(),
  awkward: { title: "awkward data", database, fill: (database) => fillAwkwardDatabase(server, database) },
  cases: [
    {
      title: "awkward data, rows of 16 MB and 64 MB, and a name that needs quoting",
      database,
      fill: (database) => fillAwkwardDatabase(server, database, { largeRow: true }),
    },
    {
      title: "2,000 tables",
      database: "many",
      async fill(database) {
        await server.execute(
          tableNames.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY AUTO_INCREMENT)`).join(";\n"),
          database,
        );
        await server.execute("INSERT INTO table_1999 VALUES (41)", database);
      },
    },
    { title: "an empty database", database: "empty", fill: async () => {} },
  ],
  changes: [
    "DROP TRIGGER team_guard",
    "DROP VIEW `on a view`",
    "DROP EVENT `nightly; event`",
    "DROP PROCEDURE tricky",
    "ALTER DEFINER = root@localhost VIEW plain_view AS SELECT id, name, '; -- it''s' AS text FROM team",
    "UPDATE `binary data` SET content = INSERT(content, 200, 1, 'x') WHERE id = 5",
    "UPDATE kinds SET d = NULL LIMIT 1",
    "DELETE FROM bare LIMIT 1",
    "ALTER TABLE empty AUTO_INCREMENT = 99",
    "ALTER TABLE parted REORGANIZE PARTITION few, many INTO (PARTITION one VALUES LESS THAN MAXVALUE)",
    "ALTER TABLE generated DROP CONSTRAINT small",
    "ALTER TABLE team DROP FOREIGN KEY team_ibfk_1",
    "SELECT SETVAL(numbers, 5000)",
    "DELETE HISTORY FROM versioned",
    "ALTER TABLE member COMMENT = 'x'",
  ],
  entry: (name) => ({ engine: "mariadb", name, host: "127.0.0.1", port: server.port, ...account }),
  administrator: { password: rootPassword },
  async create(database) {
    await server.execute(`CREATE DATABASE ${quote(database)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  },
  execute: (database, sql) => server.execute(sql, database),
  async drop(database) {
    await server.execute(`DROP DATABASE IF EXISTS ${quote(database)}`);
  },
  exists: async (database) => (await server.execute("SHOW DATABASES")).split("\n").includes(database),
  fingerprint: (database) => databaseFingerprint(server, database),
};

function quote(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
