import { rmSync } from "node:fs";
import { join } from "node:path";
import { confluenceConfig, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { writeFiles } from "@catapullt/testkit/write-files";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { applicationSubjects, type SubjectConnection } from "./application-subjects.ts";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost } from "./restore-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.createUser("keeper", "p", ["ALL PRIVILEGES ON *.*"]);
});
afterAll(() => server?.stop());

async function createDatabase(name: string, sql: string): Promise<SubjectConnection> {
  await server.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  onTestFinished(async () => {
    await server.execute(`DROP DATABASE ${name}`);
  });
  await server.execute(sql, name);
  return { engine: "mariadb", host: "127.0.0.1", port: server.port ?? 0, name, user: "keeper", password: "p" };
}

/** One of the applications with its database, before its backup. */
async function create(type: string, change = "SELECT 1") {
  const subject = applicationSubjects.find((candidate) => candidate.type === type);
  if (subject === undefined) throw new Error(`there is no ${type}`);
  const connection = await createDatabase(type, `${subject.sql};\n${change}`);
  const host = createRestoreHost();
  const directory = join(host.directory, "host");
  const { settings } = subject.build(directory, connection);
  const maintenance = type === "bitbucket" ? { maintenance: { enabled: false } } : {};
  host.configure(`  ${type}: ${JSON.stringify({ ...settings, ...maintenance })}`);
  return { host, directory };
}

test("an attachment of Jira without its file, and a database of another version, are findings", async () => {
  const { host, directory } = await create(
    "jira",
    "UPDATE propertystring SET propertyvalue = '10.3.0' WHERE propertyvalue = '9.12.2'",
  );
  const attachments = join(directory, "shared/data/attachments");
  rmSync(join(attachments, "TEST/10000/TEST-2/10001"));
  const { exitCode, report } = await holdDrill(host, await host.backUp("jira"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "the program files were of version 9.12.2, the database is of 10.3.0: Jira does not start with an older version than that",
    `1 of 3 attachments have no file in ${attachments}: Plan 1.png (10001)`,
  ]);
});

test("a Jira without content is a finding", async () => {
  const { host } = await create("jira", "DELETE FROM fileattachment; DELETE FROM jiraissue; DELETE FROM project");
  const { report } = await holdDrill(host, await host.backUp("jira"), { args: ["--only", "database"] });
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "the database has neither a project nor an issue: is it the one in use?",
  ]);
});

test("a repository of Bitbucket without its directory is a finding", async () => {
  const { host, directory } = await create("bitbucket");
  const repositories = join(directory, "other-disk/repositories");
  rmSync(join(repositories, "2"), { recursive: true });
  const { exitCode, report } = await holdDrill(host, await host.backUp("bitbucket"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    expect.stringContaining(`1 of 3 repositories have no directory in ${repositories}: project-2 (2)`),
  ]);
});

test.each([
  { type: "bamboo", file: "bamboo.cfg.xml", tables: ["build", "buildresultsummary"] },
  { type: "crowd", file: "shared/crowd.cfg.xml", tables: ["cwd_directory", "cwd_user"] },
  { type: "fisheye", file: "config.xml", tables: ["cru_review", "cru_user"] },
])("a $type whose home leads to another database than the one that was dumped is a finding", async (product) => {
  const { type, file, tables } = product;
  const rows = tables.map(
    (table) => `CREATE TABLE ${table} (id int PRIMARY KEY); INSERT INTO ${table} VALUES (1), (2)`,
  );
  const { port } = await createDatabase(type, rows.join(";\n"));
  const host = createRestoreHost();
  const home = join(host.directory, "home");
  const configure = (name: string, override: object) => {
    const url = `jdbc:mysql://127.0.0.1:${port}/${name}`;
    const properties = confluenceDatabaseProperties({ url, user: "keeper", password: "p" });
    const connection = `<database type="mysql"><connection jdbcurl="${url}" username="keeper" password="p"/></database>`;
    writeFiles(home, {
      [file]: type === "fisheye" ? `<config>${connection}</config>` : confluenceConfig(properties, 100),
    });
    host.configure(`  ${type}: ${JSON.stringify({ home, version: { value: "1.0" }, database: override })}`);
  };

  configure(type, {});
  const fitting = await holdDrill(host, await host.backUp(type));
  expect([fitting.exitCode, fitting.report?.findings], fitting.stderr).toEqual([0, []]);
  expect(fitting.report?.figures.map(({ count }) => count)).toEqual([2, 2]);

  configure("elsewhere", { name: type });
  const { report } = await holdDrill(host, await host.backUp(type));
  expect(report?.findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(`leads to the database elsewhere, the dump is of ${type}: do they belong together\\?`),
  ]);
});
