import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { restoredData } from "../../test/restored-data.ts";
import type { Host } from "../host.ts";
import { redmine } from "./redmine.ts";
import { redmineSanityChecks } from "./redmine-sanity.ts";

/** A Redmine in /opt with this database.yml. */
function redmineHost(databaseYml: string, files: Record<string, string> = {}): Host {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/opt/redmine/lib/redmine/version.rb": "MAJOR = 5\nMINOR = 1\nTINY = 3\n",
    "/opt/redmine/config/database.yml": databaseYml,
    "/opt/redmine/files/2026/01/a.png": "",
    ...files,
  });
  return host;
}

const production = (lines: string) => `production:\n${lines.replace(/^/gm, "  ")}\n`;

const unit = (environment: string) => ({
  "/etc/systemd/system/redmine.service": `[Service]\nWorkingDirectory=/opt/redmine\nEnvironment=${environment}\nExecStart=/usr/bin/puma\n`,
});

function locate(host: Host, keys: object = {}) {
  return redmine.locate({ name: "redmine", settings: applicationSettings(keys), host });
}

describe("the database of redmine", () => {
  it.each<[string, object]>([
    [
      'adapter: mysql2\ndatabase: r\nhost: db1\nport: 3307\nusername: u\npassword: "p@ss: word"',
      { engine: "mysql", host: "db1", port: 3307, name: "r", user: "u", password: "p@ss: word" },
    ],
    ["adapter: mysql2\ndatabase: r\nhost: localhost", { engine: "mysql", host: undefined, socket: undefined }],
    ["adapter: mysql2\ndatabase: r\nhost: db1\nsocket: /run/mysqld/mysqld.sock", { host: "db1", socket: undefined }],
    ["adapter: trilogy\ndatabase: r\nhost: localhost", { engine: "mysql", host: "localhost" }],
    [
      "adapter: mysql2\ndatabase: r\nsocket: /run/mysqld/mysqld.sock",
      { engine: "mysql", socket: "/run/mysqld/mysqld.sock" },
    ],
    [
      "adapter: postgresql\ndatabase: r\nhost: db1\nsslmode: verify-full\nsslrootcert: /etc/ca.pem\npassword: 00123",
      { engine: "postgresql", password: "00123", tls: { mode: "verify-identity", caFile: "/etc/ca.pem" } },
    ],
    [
      "url: postgresql://u:p%40@db1/r?sslmode=require",
      { engine: "postgresql", password: "p@", tls: { mode: "required" } },
    ],
    [
      "adapter: mysql2\ndatabase: r\npassword: p\nurl: mysql2://db2/other",
      { host: "db2", name: "other", password: "p" },
    ],
    [
      "primary:\n  adapter: mysql2\n  database: first\nqueue:\n  adapter: mysql2\n  database: second",
      { name: "first" },
    ],
    ["adapter: postgresql\ndatabase: <%= ENV.fetch('NAME') { 'preset' } %>", { name: "preset" }],
    ["adapter: postgresql\ndatabase: <%= ENV['NAME'] || 'preset' %><%# a remark %>", { name: "preset" }],
    [
      "adapter: postgresql\ndatabase: r\npassword: <%= File.read('/run/secrets/db').strip %>",
      { password: "from a file" },
    ],
  ])("is read from %j", async (lines, expected) => {
    const host = redmineHost(production(lines), { "/run/secrets/db": "from a file\n" });
    expect((await locate(host)).databases).toEqual([expect.objectContaining(expected)]);
  });

  it("follows RAILS_ENV and DATABASE_URL of the service", async () => {
    const text = `${production("adapter: sqlite3\ndatabase: db/p.db")}staging:\n  adapter: mysql2\n  database: s\n  password: p\n`;
    expect((await locate(redmineHost(text, unit("RAILS_ENV=staging")))).databases[0]?.name).toBe("s");
    const host = redmineHost(text, unit("RAILS_ENV=staging DATABASE_URL=mysql2://u@db9/other"));
    expect((await locate(host)).databases).toEqual([
      expect.objectContaining({ host: "db9", name: "other", password: "p" }),
    ]);
  });

  it.each<[string, object]>([
    ["adapter: sqlserver\ndatabase: r", { code: "database-unsupported" }],
    [
      "adapter: mysql2\ndatabase: r\npassword: <%= ENV['GONE'] %>",
      {
        code: "application-unreadable",
        message:
          "`password` in /opt/redmine/config/database.yml is Ruby whose value is not known here: <%= ENV['GONE'] %>",
      },
    ],
    [
      "<% if x %>\nadapter: mysql2\n<% end %>",
      {
        code: "application-unreadable",
        message: "/opt/redmine/config/database.yml has Ruby in line 2 that is not understood: <% if x %>",
        hint: expect.stringContaining("`database` in the agent's configuration"),
      },
    ],
    [
      "adapter: mysql2\ndatabase: r\npassword: <%= ENV['GONE'] || decrypt('geheim') %>",
      { message: expect.stringContaining("not known here: <%= ENV['GONE'] || decrypt('…') %>") },
    ],
    ["adapter: [", { message: expect.stringContaining("/opt/redmine/config/database.yml is not YAML (line 3)") }],
    ["database: r", { message: expect.stringContaining("names no database: there is no adapter for `production`") }],
    ["url: nothing", { message: expect.stringContaining("is no database's URL that is understood here") }],
  ])("is refused with a remedy: %j", async (lines, expected) => {
    await expect(locate(redmineHost(production(lines)))).rejects.toMatchObject(expected);
  });

  it("is taken from the agent's configuration where Ruby hides it", async () => {
    const host = redmineHost(production("adapter: mysql2\ndatabase: r\nusername: u\npassword: <%= Vault.read('x') %>"));
    const { databases } = await locate(host, { database: { password: "given" } });
    expect(databases).toEqual([expect.objectContaining({ name: "r", user: "u", password: "given" })]);
  });
});

describe("redmine is not found", () => {
  it("and every place that was looked at is listed", async () => {
    await expect(locate(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringMatching(/- \/opt\/redmine \(the vendor's default\): no such directory\n/),
    });
  });

  it("where its attachments are on a disk that is not mounted", async () => {
    const host = redmineHost(production("adapter: mysql2\ndatabase: r"), {
      "/opt/redmine/config/configuration.yml": "default:\n  attachments_storage_path: /mnt/files\n",
    });
    await expect(locate(host)).rejects.toMatchObject({
      message: "/mnt/files is no directory (attachments_storage_path in /opt/redmine/config/configuration.yml)",
    });
  });

  it("by a database.yml that an image makes of variables, which is told", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/srv/redmine-data/files/a": "" });
    await expect(locate(host, { home: "/srv/redmine-data" })).rejects.toMatchObject({
      code: "application-unreadable",
      message: "there is no /srv/redmine-data/config/database.yml",
      hint: expect.stringContaining("`applications.redmine.configFile`"),
    });
  });
});

it("Ruby among settings that a backup does not need stands in nobody's way", async () => {
  const host = redmineHost(production("adapter: mysql2\ndatabase: r"), {
    "/opt/redmine/config/configuration.yml": "<% if mail? %>\ndefault:\n  attachments_storage_path:\n<% end %>\n",
  });
  expect((await locate(host)).evidence).toContainEqual({
    what: "attachments",
    value: "/opt/redmine/files",
    source: "the usual place",
  });
});

it("an instance of Debian's package is known by the application's name, and the others are told", async () => {
  const host = fixtureHost();
  const databaseYml = (name: string) => production(`adapter: mysql2\ndatabase: ${name}`);
  writeFiles(host.root, {
    "/usr/share/redmine/lib/redmine/version.rb": "MAJOR = 5\nMINOR = 0\nTINY = 4\n",
    "/usr/share/redmine/instances/.keep": "",
    "/etc/redmine/default/database.yml": databaseYml("redmine_default"),
    "/etc/redmine/sales/database.yml": databaseYml("redmine_sales"),
    "/var/lib/redmine/default/files/a": "",
    "/var/lib/redmine/sales/files/b": "",
  });
  const { databases, warnings } = await locate(host);
  expect(databases[0]?.name).toBe("redmine_default");
  expect(warnings).toEqual([expect.stringContaining("`applications.sales: { type: redmine }`")]);
  const sales = await redmine.locate({ name: "sales", settings: applicationSettings(), host });
  expect(sales).toMatchObject({ home: "/var/lib/redmine/sales", databases: [{ name: "redmine_sales" }] });
});

it("the version tells an upgrade of the database too", async () => {
  const located = await locate(redmineHost(production("adapter: mysql2\ndatabase: r")));
  expect((await located.captureVersion(async () => [["20230818020734"]])).sources).toEqual([
    { source: "program files", value: "5.1.3" },
    { source: "database", value: "20230818020734" },
  ]);
});

describe("a drill of redmine", () => {
  const sql = `CREATE TABLE projects (id INTEGER); CREATE TABLE issues (id INTEGER); CREATE TABLE users (id INTEGER, type TEXT);
    INSERT INTO users VALUES (1, 'User'), (2, 'AnonymousUser');
    CREATE TABLE attachments (id INTEGER, disk_directory TEXT, disk_filename TEXT);
    INSERT INTO attachments VALUES (1, '2026/01', 'a.png'), (2, NULL, 'old.txt'), (3, '2026/01', '')`;
  const ask = async (host: Host, tables = sql) => {
    const roots = { config: "/opt/redmine/config", files: "/opt/redmine/files" };
    const data = restoredData({ application: "redmine", database: "redmine", sql: tables, host, roots });
    const answers = [];
    for (const check of redmineSanityChecks) answers.push(await check.ask(data));
    return {
      findings: answers.flatMap((answer) => answer.findings),
      figures: answers.flatMap((answer) => answer.figures),
    };
  };
  const sqlite = production("adapter: sqlite3\ndatabase: db/redmine.sqlite3");
  const files = { "/opt/redmine/files/old.txt": "" };

  it("finds nothing wrong with one that is whole", async () => {
    const { findings, figures } = await ask(redmineHost(sqlite, files));
    expect(findings).toEqual([]);
    expect(figures).toEqual(
      expect.arrayContaining([
        { what: "users", count: 1 },
        { what: "attachments", count: 2 },
      ]),
    );
  });

  it("finds an attachment without its file, and settings of another database", async () => {
    const host = redmineHost(production("adapter: mysql2\ndatabase: other"), files);
    rmSync(join(host.root, "/opt/redmine/files/2026"), { recursive: true });
    expect((await ask(host)).findings).toEqual([
      expect.stringContaining("leads to the mysql database other, the dump is of the sqlite database redmine"),
      "1 of 2 attachments have no file in /opt/redmine/files: 2026/01/a.png (1)",
    ]);
  });

  it("finds a database without users, and one that is another's", async () => {
    expect((await ask(redmineHost(sqlite, files), `${sql}; DELETE FROM users`)).findings).toEqual([
      "the database has no user: is it the one in use?",
    ]);
    expect((await ask(redmineHost(sqlite), "CREATE TABLE a (id)")).findings).toEqual([
      "the database has no tables projects and issues: is it Redmine's?",
    ]);
  });
});
