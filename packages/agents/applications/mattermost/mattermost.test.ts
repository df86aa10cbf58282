import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { restoredData } from "../../test/restored-data.ts";
import type { Host } from "../host.ts";
import { mattermost } from "./mattermost.ts";
import { mattermostSanityChecks } from "./mattermost-sanity.ts";

/** A Mattermost in /opt whose config.json has this content. */
function chatHost(
  config: object | string,
  files: Record<string, string> = {},
  environment: NodeJS.ProcessEnv = {},
): Host {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    "/opt/mattermost/bin/mattermost": "",
    "/opt/mattermost/config/config.json": typeof config === "string" ? config : JSON.stringify(config),
    "/opt/mattermost/data/a.png": "",
    ...files,
  });
  return host;
}

const sql = (DataSource: string, DriverName?: string) => ({ SqlSettings: { DriverName, DataSource } });

function locate(host: Host, keys: object = {}) {
  return mattermost.locate({ name: "mattermost", settings: applicationSettings(keys), host });
}

describe("the database of mattermost", () => {
  it.each<[object, object]>([
    [
      sql("postgres://u:p%40%3A@/chat?host=/run/postgresql&sslmode=verify-full", "postgres"),
      {
        engine: "postgresql",
        socket: "/run/postgresql",
        name: "chat",
        password: "p@:",
        tls: { mode: "verify-identity" },
      },
    ],
    [sql("u:p@w@tcp(db1)/chat", "mysql"), { engine: "mysql", host: "db1", name: "chat", user: "u", password: "p@w" }],
    [sql("mysql://u:p@tcp(db1:3307)/chat", "mysql"), { engine: "mysql", host: "db1", port: 3307 }],
    [sql("host=db1 user=u password=p dbname=chat", "postgres"), { engine: "postgresql", name: "chat", password: "p" }],
    [sql("postgres://u:p@db1/chat"), { engine: "postgresql", host: "db1" }],
  ])("is read from %j", async (config, expected) => {
    expect((await locate(chatHost(config))).databases).toEqual([expect.objectContaining(expected)]);
  });

  it("is the one of the environment, which is stronger than config.json", async () => {
    const environment = { MM_SQLSETTINGS_DATASOURCE: "u:p@tcp(db2)/other", MM_SQLSETTINGS_DRIVERNAME: "mysql" };
    const host = chatHost(sql("postgres://u:p@db1/chat", "postgres"), {}, environment);
    expect((await locate(host)).databases).toEqual([
      expect.objectContaining({ engine: "mysql", host: "db2", name: "other" }),
    ]);
  });

  it("is refused with a remedy where it cannot be read, and its password is in no message", async () => {
    await expect(locate(chatHost({}))).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/opt/mattermost/config/config.json names no database: SqlSettings has no DataSource",
    });
    await expect(locate(chatHost(sql("********************************", "postgres")))).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining("`applications.mattermost.database`"),
    });
    await expect(locate(chatHost(sql("db1 password=geheim", "postgres")))).rejects.toMatchObject({
      message: "SqlSettings.DataSource in /opt/mattermost/config/config.json is no data source that is understood here",
    });
    await expect(locate(chatHost('{"SqlSettings": {"DataSource": "geheim"'))).rejects.toMatchObject({
      message: "/opt/mattermost/config/config.json is not a JSON object",
    });
  });
});

it("what is in object storage is told, with its bucket", async () => {
  const config = { ...sql("postgres://u:p@db1/c"), FileSettings: { DriverName: "amazons3", AmazonS3Bucket: "chat" } };
  const located = await locate(chatHost(config));
  expect(located.home).toBeUndefined();
  expect(located.warnings).toEqual([
    "Mattermost keeps its files in object storage (amazons3, bucket chat): they are not part of this backup",
  ]);
});

it("a running Mattermost is told, unless hooks stop it or nobody wants to hear of it", async () => {
  const host = chatHost(sql("postgres://u:p@db1/c"), { "/proc/77/cmdline": "/opt/mattermost/bin/mattermost\0" });
  expect((await locate(host)).warnings).toEqual([expect.stringContaining("mattermost is running: ")]);
  expect((await locate(host, { maintenance: { enabled: false } })).warnings).toEqual([]);
  expect((await locate(host, { hooks: { before: ["systemctl stop mattermost"] } })).warnings).toEqual([]);
});

describe("mattermost is not found", () => {
  it("and every place that was looked at is listed", async () => {
    await expect(locate(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining("- /opt/mattermost/config/config.json (the vendor's default): no such file"),
    });
  });

  it("where its data are on a disk that is not mounted", async () => {
    const host = chatHost({ ...sql("postgres://u:p@db1/c"), FileSettings: { Directory: "/mnt/chat" } });
    await expect(locate(host)).rejects.toMatchObject({
      message: expect.stringContaining(
        "- /mnt/chat (FileSettings.Directory in /opt/mattermost/config/config.json): no such directory",
      ),
    });
  });
});

describe("a drill of mattermost", () => {
  const tables = `CREATE TABLE Users (Id TEXT); INSERT INTO Users VALUES ('u'); CREATE TABLE Channels (Id TEXT); CREATE TABLE Posts (Id TEXT);
    CREATE TABLE FileInfo (Id TEXT, Path TEXT, DeleteAt INTEGER);
    INSERT INTO FileInfo VALUES ('f1', 'a.png', 0), ('f2', 'b.png', 0), ('f3', 'gone.png', 12)`;
  const config = sql("postgres://u:p@db1/chat");
  const ask = async (host: Host, content = tables) => {
    const roots = { config: "/opt/mattermost/config", data: "/opt/mattermost/data" };
    const data = restoredData({ application: "mattermost", database: "chat", sql: content, host, roots });
    data.databases = data.databases.map((database) => ({ ...database, engine: "postgresql" }));
    const answers = [];
    for (const check of mattermostSanityChecks) answers.push(await check.ask(data));
    return {
      findings: answers.flatMap((answer) => answer.findings),
      figures: answers.flatMap((answer) => answer.figures),
    };
  };
  const files = { "/opt/mattermost/data/b.png": "" };

  it("finds nothing wrong with one that is whole", async () => {
    const { findings, figures } = await ask(chatHost(config, files));
    expect(findings).toEqual([]);
    expect(figures).toContainEqual({ what: "uploaded files", count: 2 });
  });

  it("finds an upload that is missing, and settings of another database", async () => {
    const host = chatHost(sql("postgres://u:p@db1/other"), files);
    rmSync(join(host.root, "/opt/mattermost/data/b.png"));
    expect((await ask(host)).findings).toEqual([
      expect.stringContaining("leads to the database other, the dump is of chat: do they belong together?"),
      "1 of 2 uploaded files are not in /opt/mattermost/data: b.png",
    ]);
  });

  it("finds a database without users, and one that is another's", async () => {
    expect((await ask(chatHost(config, files), `${tables}; DELETE FROM Users`)).findings).toEqual([
      "the database has no user: is it the one in use?",
    ]);
    expect((await ask(chatHost(config), "CREATE TABLE a (id)")).findings).toEqual([
      "the database has no tables Channels and Posts: is it Mattermost's?",
    ]);
  });
});
