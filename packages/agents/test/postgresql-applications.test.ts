import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestSchema } from "@catapullt/core/archive/manifest";
import { buildConfluence, confluenceDatabaseProperties, confluenceDefaults } from "@catapullt/testkit/confluence";
import { buildGitea } from "@catapullt/testkit/gitea";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { postgresqlFingerprint } from "@catapullt/testkit/postgresql-fingerprint";
import { runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: ThrowawayPostgresql;
const password = "p#a\"s's w\\ord;$ :x ";
const administratorPassword = "postgres's own";

beforeAll(async () => {
  server = await startPostgresql({ tcp: true });
  await server.execute(`ALTER ROLE postgres PASSWORD '${administratorPassword.replaceAll("'", "''")}'`);
});

afterAll(() => server?.stop());

/** Backs up with this configuration below `applications`; returns the archive's directory and manifest. */
async function backUp(application: string, configuration: object) {
  const directory = temporaryDirectory("agent");
  const workDir = join(directory, "work");
  mkdirSync(workDir);
  const file = join(directory, "agent.json");
  const content = { workDir, stateDir: join(directory, "state"), applications: { [application]: configuration } };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  const result = await runProgramFile("backup-agent", ["--config", file, application], { timeout: 120_000 });
  expect(result.stderr).not.toMatch(/WARN|ERROR/);
  expect(result.exitCode).toBe(0);
  expect(result.stderr + result.stdout).not.toContain(password.trim());
  const verified = await runProgramFile("backup-agent", ["verify", result.stdout.trim()]);
  expect([verified.exitCode, verified.stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
  const place = join(workDir, application);
  const [archive = ""] = readdirSync(place).filter((name) => !name.startsWith("."));
  const manifest = manifestSchema.parse(JSON.parse(readMember(place, archive, "manifest.json")));
  return { place, archive, manifest };
}

function readMember(place: string, archive: string, member: string): string {
  return execFileSync("tar", ["-xOf", archive, member], { cwd: place, encoding: "utf8" });
}

/** Runs the commands that the archive's RESTORE.md gives for its database, line by line. */
function loadByHand(place: string, archive: string): void {
  const guide = readMember(place, archive, "RESTORE.md");
  const [, section = ""] = /^## Load the database .*?\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(guide) ?? [];
  const [, script = ""] = /```sh\n(.*?)```/s.exec(section) ?? [];
  expect(script).toMatch(/pg_restore/);
  for (const line of script.trim().split("\n")) {
    execFileSync("bash", ["-o", "pipefail", "-ec", line], {
      cwd: place,
      env: { ...process.env, PGPASSWORD: administratorPassword },
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
}

async function dropEverything(database: string, role: string): Promise<void> {
  await server.dropDatabase(database);
  await server.execute(`DROP ROLE "${role}"`);
}

function describeDatabase({ databases }: Manifest) {
  const [database] = databases;
  return { ...database, tables: database?.tables.map(({ name, rows, rowsAre }) => ({ name, rows, rowsAre })) };
}

test("a Confluence whose JDBC URL leads to PostgreSQL is backed up, and restored by its own RESTORE.md", {
  timeout: 180_000,
}, async () => {
  const { version, buildNumber } = confluenceDefaults;
  await server.createUser("wiki user", password);
  await server.createDatabase("conf luence", `OWNER "wiki user" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
  await server.execute(
    `SET ROLE "wiki user";
    CREATE TABLE confversion (confversionid bigint PRIMARY KEY, buildnumber int UNIQUE, versiontag varchar(255));
    INSERT INTO confversion VALUES (1, ${buildNumber - 208}, NULL), (2, ${buildNumber}, '${version}');
    CREATE TABLE content (contentid bigint PRIMARY KEY, title text, body text);
    INSERT INTO content SELECT g, 'Seite ' || g || ' 😀', repeat('text ', g % 40) FROM generate_series(1, 500) g;
    CREATE TABLE plugindata (id bigint PRIMARY KEY, data oid);
    INSERT INTO plugindata VALUES (1, lo_from_bytea(0, '\\x00ff5c2e0a'))`,
    "conf luence",
  );
  const before = await postgresqlFingerprint(server, "conf luence");
  const directory = temporaryDirectory("confluence");
  const { home, install } = buildConfluence({
    home: join(directory, "home"),
    install: join(directory, "install"),
    properties: {
      ...confluenceDatabaseProperties({
        url: `jdbc:postgresql://localhost:${server.port}/conf%20luence?sslmode=disable&reWriteBatchedInserts=true`,
        user: "wiki user",
        password,
      }),
      "confluence.database.choice": "postgresql",
      "hibernate.connection.driver_class": "org.postgresql.Driver",
      "hibernate.dialect": "com.atlassian.confluence.impl.hibernate.dialect.PostgreSQLDialect",
    },
  });
  const { place, archive, manifest } = await backUp("confluence", { home, install });
  expect(manifest.version.sources).toContainEqual({ source: "database build number", value: String(buildNumber) });
  expect(describeDatabase(manifest)).toMatchObject({
    engine: "postgresql",
    name: "conf luence",
    member: expect.stringMatching(/^database\/conf luence\.dump/),
    roles: ["postgres", "wiki user"],
    largeObjects: 1,
    tables: [
      { name: "public.confversion", rows: 2, rowsAre: "exact" },
      { name: "public.content", rows: 500, rowsAre: "exact" },
      { name: "public.plugindata", rows: 1, rowsAre: "exact" },
    ],
  });
  await dropEverything("conf luence", "wiki user");
  loadByHand(place, archive);
  expect(await postgresqlFingerprint(server, "conf luence")).toEqual(before);
});

test("a Gitea on PostgreSQL is backed up, and restored by its own RESTORE.md", { timeout: 180_000 }, async () => {
  await server.createUser("gitea", password);
  await server.createDatabase("gitea", "OWNER gitea");
  await server.execute(
    `SET ROLE gitea; CREATE SCHEMA forge; CREATE TABLE forge.version (id bigserial PRIMARY KEY, version bigint);
    INSERT INTO forge.version (version) VALUES (305); CREATE TABLE forge."user" (id bigserial, name text UNIQUE);
    INSERT INTO forge."user" (name) VALUES ('a'), ('b😀')`,
    "gitea",
  );
  const before = await postgresqlFingerprint(server, "gitea");
  const directory = temporaryDirectory("gitea");
  const { configFile, program, workPath } = buildGitea({ workPath: join(directory, "gitea") });
  const section = `DB_TYPE = postgres\nHOST = 127.0.0.1:${server.port}\nNAME = gitea\nSCHEMA = forge\nUSER = gitea\nPASSWD = \`${password}\`\nSSL_MODE = disable`;
  writeFileSync(
    configFile,
    readFileSync(configFile, "utf8").replace("DB_TYPE = sqlite3\nPATH = data/gitea.db", section),
  );
  const { place, archive, manifest } = await backUp("gitea", { home: workPath, configFile, install: program });
  expect(describeDatabase(manifest)).toMatchObject({
    engine: "postgresql",
    tables: [
      { name: 'forge."user"', rows: 2, rowsAre: "exact" },
      { name: "forge.user_id_seq" },
      { name: "forge.version", rows: 1, rowsAre: "exact" },
      { name: "forge.version_id_seq" },
    ],
  });
  await dropEverything("gitea", "gitea");
  loadByHand(place, archive);
  expect(await postgresqlFingerprint(server, "gitea")).toEqual(before);
});
