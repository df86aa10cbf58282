import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { restoredData } from "../../test/restored-data.ts";
import type { Host } from "../host.ts";
import { vaultwarden } from "./vaultwarden.ts";
import { vaultwardenSanityChecks } from "./vaultwarden-sanity.ts";

/** A Vaultwarden after the vendor's wiki, with these variables. */
function vaultHost(variables: string, files: Record<string, string> = {}): Host {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/etc/systemd/system/vaultwarden.service":
      "[Service]\nEnvironmentFile=/etc/vaultwarden.env\nExecStart=/usr/bin/vaultwarden\nWorkingDirectory=/var/lib/vaultwarden\n",
    "/etc/vaultwarden.env": variables,
    "/var/lib/vaultwarden/data/rsa_key.pem": "key",
    ...files,
  });
  return host;
}

function locate(host: Host, keys: object = {}) {
  return vaultwarden.locate({ name: "vaultwarden", settings: applicationSettings(keys), host });
}

describe("the database of vaultwarden", () => {
  it.each<[string, object]>([
    ["mysql://u:a%23b@db1/vault", { engine: "mysql", host: "db1", name: "vault", user: "u", password: "a#b" }],
    ["postgres://u@db1:5433/vault?sslmode=require", { engine: "postgresql", port: 5433, tls: { mode: "required" } }],
    ["host=db1 user=u password=p dbname=vault", { engine: "postgresql", host: "db1", name: "vault", password: "p" }],
  ])("is the server of DATABASE_URL=%s", async (url, expected) => {
    const { databases } = await locate(vaultHost(`DATABASE_URL=${url}\n`));
    expect(databases).toEqual([expect.objectContaining(expected)]);
  });

  it.each([
    ["data/other.db", "/var/lib/vaultwarden/data/other.db"],
    ["/mnt/vault.db", "/mnt/vault.db"],
    ["sqlite:///mnt/vault.db", "/mnt/vault.db"],
  ])("is the file of DATABASE_URL=%s, left out of the trees", async (url, file) => {
    const host = vaultHost(`DATABASE_URL=${url}\n`);
    const { databases, trees } = await locate(host);
    expect(databases).toEqual([expect.objectContaining({ engine: "sqlite", file: join(host.root, file) })]);
    const patterns = trees[0]?.exclude.map(({ pattern }) => pattern);
    expect(patterns?.includes("other.db-wal")).toBe(file.endsWith("other.db"));
  });

  it("is asked for where nothing names it and there is no file", async () => {
    await expect(locate(vaultHost(""))).rejects.toMatchObject({
      code: "application-unreadable",
      message: "no DATABASE_URL was found, and there is no /var/lib/vaultwarden/data/db.sqlite3",
      hint: expect.stringContaining("`applications.vaultwarden.configFile`"),
    });
    await expect(locate(vaultHost("DATABASE_URL=password=geheim\n"))).rejects.toMatchObject({
      message:
        "DATABASE_URL in the environment of /etc/systemd/system/vaultwarden.service is no database's URL that is understood here",
    });
    await expect(locate(vaultHost("DATABASE_URL_FILE=/run/gone\n"))).rejects.toMatchObject({
      message: expect.stringContaining("names /run/gone, which does not exist"),
    });
  });
});

describe("vaultwarden is not found", () => {
  it("and a directory that has none of its files is not taken for its data", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/data/photos/1.jpg": "" });
    await expect(locate(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining(
        "- /data (the vendor's default): none of db.sqlite3, rsa_key.pem, rsa_key.der, config.json in it",
      ),
    });
  });

  it("where DATA_FOLDER is not mounted", async () => {
    await expect(locate(vaultHost("DATA_FOLDER=/mnt/vault\n"))).rejects.toMatchObject({
      message: expect.stringMatching(/- \/mnt\/vault \(DATA_FOLDER in .*\): no such directory$/),
    });
  });
});

it("what is all in object storage has no data folder, and is warned of", async () => {
  const located = await locate(
    vaultHost(
      'DATA_FOLDER=s3://vault/data\nDATABASE_URL=mysql://u:p@db1/v\nROCKET_TLS=\'{certs="/etc/vault/a.pem",key="/etc/vault/a.key"}\'\n',
      { "/etc/vault/a.key": "", "/etc/vault/a.pem": "" },
    ),
  );
  expect(located.home).toBeUndefined();
  expect(located.warnings).toEqual(["Vaultwarden keeps files in s3://vault/data: they are not part of this backup"]);
  expect(located.trees).toContainEqual(expect.objectContaining({ label: "settings", include: ["a.pem", "a.key"] }));
});

it("the environment of the service is stronger than .env", async () => {
  const host = vaultHost("DATABASE_URL=mysql://u:p@db1/service\n", {
    "/var/lib/vaultwarden/.env": "DATABASE_URL=mysql://u:p@db1/file\nSENDS_FOLDER=/srv/sends\n",
    "/srv/sends/s/1": "",
  });
  const { databases, trees } = await locate(host);
  expect(databases[0]?.name).toBe("service");
  expect(trees.map(({ label }) => label)).toContain("sends");
});

describe("a drill of vaultwarden", () => {
  const sql = `CREATE TABLE users (uuid TEXT); INSERT INTO users VALUES ('u1'); CREATE TABLE ciphers (uuid TEXT);
    CREATE TABLE attachments (id TEXT, cipher_uuid TEXT); INSERT INTO attachments VALUES ('a1', 'c1'), ('a2', 'c1');
    CREATE TABLE sends (uuid TEXT, atype INTEGER, data TEXT);
    INSERT INTO sends VALUES ('s1', 1, '{"fileName":"2.x","id":"f1","size":"3"}'), ('s2', 0, '{}')`;
  const files = {
    "/var/lib/vaultwarden/data/db.sqlite3": "SQLite",
    "/var/lib/vaultwarden/data/attachments/c1/a1": "",
    "/var/lib/vaultwarden/data/attachments/c1/a2": "",
    "/var/lib/vaultwarden/data/sends/s1/f1": "",
  };
  const ask = async (host: Host, tables = sql) => {
    const roots = { data: "/var/lib/vaultwarden/data" };
    const data = restoredData({ application: "vaultwarden", database: "db", sql: tables, host, roots });
    const answers = [];
    for (const check of vaultwardenSanityChecks) answers.push(await check.ask(data));
    return {
      findings: answers.flatMap((answer) => answer.findings),
      figures: answers.flatMap((answer) => answer.figures),
    };
  };

  it("finds nothing wrong with one that is whole", async () => {
    const { findings, figures } = await ask(vaultHost("", files));
    expect(findings).toEqual([]);
    expect(figures).toEqual(
      expect.arrayContaining([
        { what: "attachments", count: 2 },
        { what: "sent files", count: 1 },
      ]),
    );
  });

  it("finds what has no file", async () => {
    const host = vaultHost("", files);
    rmSync(join(host.root, "/var/lib/vaultwarden/data/attachments/c1/a2"));
    rmSync(join(host.root, "/var/lib/vaultwarden/data/sends/s1"), { recursive: true });
    expect((await ask(host)).findings).toEqual([
      "1 of 2 attachments have no file in /var/lib/vaultwarden/data/attachments: c1/a2",
      "1 of 1 sent files have no file in /var/lib/vaultwarden/data/sends: s1",
    ]);
  });

  it("finds a database without users, one that is another's, and settings of another", async () => {
    expect((await ask(vaultHost("", files), `${sql}; DELETE FROM users`)).findings).toEqual([
      "the database has no user: is it the one in use?",
    ]);
    expect((await ask(vaultHost("DATABASE_URL=mysql://u:p@db1/v\n", files), "CREATE TABLE a (id)")).findings).toEqual([
      "the database has no tables users and ciphers: is it Vaultwarden's?",
      expect.stringContaining("leads to the mysql database v, the dump is of the sqlite database db"),
    ]);
  });
});
