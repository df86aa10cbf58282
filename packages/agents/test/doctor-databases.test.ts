import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDoctorHost, type SeenFinding, saidBy } from "./doctor-host.ts";

const password = "pl4nted-Secret!";

/** The statements that a fix tells to run. */
function statements({ fix = "" }: SeenFinding): string {
  return fix
    .split("\n")
    .filter((line) => /^ {2}[A-Z]/.test(line))
    .join("\n");
}

function failures(findings: readonly SeenFinding[]): SeenFinding[] {
  return saidBy(findings, "database").filter(({ state }) => state === "failure");
}

describe("MariaDB", () => {
  let server: ThrowawayMariadb;
  beforeAll(async () => {
    server = await startMariadb({ tcp: true });
    await server.execute("CREATE DATABASE wiki; CREATE TABLE wiki.page (id INT PRIMARY KEY)");
    await server.execute("CREATE VIEW pages AS SELECT id FROM page; CREATE PROCEDURE rebuild () SELECT 1", "wiki");
  });
  afterAll(async () => {
    await server?.stop();
  });
  const settings = (user: string) => ({
    databases: [{ engine: "mariadb", name: "wiki", host: "127.0.0.1", port: server.port, user, password }],
  });

  test("the GRANT that is told, once run, makes the check pass", async () => {
    await server.createUser("reader", password, ["SELECT ON wiki.*"]);
    const host = createDoctorHost();
    host.configure(settings("reader"));
    const { exitCode, findings } = await host.doctor();
    expect(exitCode).toBe(1);
    const [lacking] = failures(findings);
    expect(lacking?.message).toContain("lacks SHOW VIEW, TRIGGER, EVENT");
    const grants = statements(lacking as SeenFinding);
    expect(grants).toMatch(/^ {2}GRANT /);
    await server.execute(grants);
    const again = await host.doctor();
    expect(failures(again.findings)).toEqual([]);
    expect(again.exitCode).toBe(0);
    expect(saidBy(again.findings, "database").map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^mariadb 127\.0\.0\.1:\d+\/wiki as reader: \d.*-MariaDB.*, 2 tables, all of it may be read$/,
      ),
      expect.stringMatching(/^mariadb-dump \d.*, mariadb \d/),
    ]);
    expect(JSON.stringify(again.findings)).not.toContain(password);
  });

  test("a wrong password and a database that is not there fail", async () => {
    await server.createUser("wrong", "another-word", ["SELECT ON wiki.*"]);
    const host = createDoctorHost();
    host.configure(settings("wrong"));
    expect(failures((await host.doctor()).findings)).toMatchObject([
      {
        message: expect.stringContaining("Access denied"),
        fix: expect.stringContaining("check `user` and `password`"),
      },
    ]);
  });

  test("programs that are missing, on PATH or for cron, are named with what to install", async () => {
    await server.createUser("tools", password, ["ALL ON wiki.*", "SELECT ON mysql.proc"]);
    const host = createDoctorHost();
    host.configure(settings("tools"));
    const bin = join(host.directory, "bin");
    mkdirSync(bin);
    const none = await host.doctor({ PATH: bin });
    expect(failures(none.findings)).toMatchObject([
      {
        message: "neither mariadb nor mysql is installed",
        fix: expect.stringContaining("apt-get install mariadb-client"),
      },
      { message: "neither mariadb-dump nor mysqldump is installed" },
    ]);
    symlinkSync(systemProgram("mariadb"), join(bin, "mariadb"));
    const one = await host.doctor({ PATH: bin });
    expect(failures(one.findings)).toMatchObject([{ message: "neither mariadb-dump nor mysqldump is installed" }]);
  });
});

test("a server that is down, and one that takes connections and says nothing, fail within seconds", async () => {
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void mute.close());
  const { port } = mute.address() as { port: number };
  const host = createDoctorHost();
  const to = (engine: string, at: number) => ({
    engine,
    name: "wiki",
    host: "127.0.0.1",
    port: at,
    user: "u",
    password,
  });
  host.configure({ databases: [to("mariadb", 1), to("postgresql", 1), to("mariadb", port), to("postgresql", port)] });
  const { exitCode, findings } = await host.doctor();
  expect(exitCode).toBe(1);
  const told = failures(findings).map(({ message }) => message);
  expect(told).toHaveLength(4);
  expect(told.slice(2)).toEqual([
    expect.stringContaining("did not answer within 8 s"),
    expect.stringContaining("did not answer within 8 s"),
  ]);
});

describe("PostgreSQL", () => {
  let server: ThrowawayPostgresql;
  beforeAll(async () => {
    server = await startPostgresql({ tcp: true });
    await server.createDatabase("wiki");
    await server.execute("CREATE SCHEMA app; CREATE TABLE app.page (id int); CREATE SEQUENCE app.ids", "wiki");
  });
  afterAll(async () => {
    await server?.stop();
  });

  test("the GRANT that is told, once run, makes the check pass", async () => {
    await server.createUser("reader", password);
    const host = createDoctorHost();
    host.configure({
      databases: [
        { engine: "postgresql", name: "wiki", host: "127.0.0.1", port: server.port, user: "reader", password },
      ],
    });
    const { exitCode, findings } = await host.doctor();
    expect(exitCode).toBe(1);
    const [lacking] = failures(findings);
    expect(lacking?.message).toContain("reader may not read all of database wiki: schemas app; tables app.page");
    await server.execute(statements(lacking as SeenFinding), "wiki");
    const again = await host.doctor();
    expect(failures(again.findings)).toEqual([]);
    expect(again.exitCode).toBe(0);
    expect(saidBy(again.findings, "database").at(-1)?.message).toMatch(/^pg_dump \d.*, pg_restore \d.*, psql \d/);
  });
});
