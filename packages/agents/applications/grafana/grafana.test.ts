import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { restoredData } from "../../test/restored-data.ts";
import type { Host } from "../host.ts";
import { grafana } from "./grafana.ts";
import { grafanaSanityChecks } from "./grafana-sanity.ts";

/** A Grafana of its package, without a unit, whose grafana.ini has this content. */
function grafanaHost(ini: string, files: Record<string, string> = {}, environment: NodeJS.ProcessEnv = {}): Host {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    "/etc/grafana/grafana.ini": ini,
    "/usr/share/grafana/conf/defaults.ini": "[database]\ntype = sqlite3\npath = grafana.db\n",
    "/var/lib/grafana/plugins/x/plugin.json": "{}",
    ...files,
  });
  return host;
}

function locate(host: Host, keys: object = {}) {
  return grafana.locate({ name: "grafana", settings: applicationSettings(keys), host });
}

describe("the database of grafana", () => {
  it.each<[string, object]>([
    ["", { engine: "sqlite", name: "grafana" }],
    [
      "type = postgres\nhost = db1\nport = 5433\nname = g\nuser = u\npassword = `p;w`\nssl_mode = verify-full\nca_cert_path = /etc/ca.pem",
      {
        engine: "postgresql",
        host: "db1",
        port: 5433,
        password: "p;w",
        tls: { mode: "verify-identity", caFile: "/etc/ca.pem" },
      },
    ],
    ["type = postgres\nhost = /run/postgresql", { engine: "postgresql", socket: "/run/postgresql", name: "grafana" }],
    [
      "type = mysql\nhost = [::1]:3307\nssl_mode = skip-verify",
      { engine: "mysql", host: "::1", port: 3307, tls: { mode: "required" } },
    ],
    [
      "url = mysql://u:p%40%3A%2F@db1:3307/g",
      { engine: "mysql", host: "db1", port: 3307, name: "g", user: "u", password: "p@:/" },
    ],
    ["type = mysql\npassword = $__env{PW}", { password: "from the environment" }],
    [`type = mysql\npassword = \${PW}`, { password: "from the environment" }],
  ])("is read from %j", async (section, expected) => {
    const host = grafanaHost(`[database]\n${section}\n`, {}, { PW: "from the environment" });
    expect((await locate(host)).databases).toEqual([expect.objectContaining(expected)]);
  });

  it("is the one of the environment, which is stronger than the file", async () => {
    const unit =
      "[Service]\nEnvironment=GF_DATABASE_TYPE=mysql GF_DATABASE_NAME=e GF_DATABASE_PASSWORD__FILE=/run/pw\nExecStart=/usr/share/grafana/bin/grafana server --config /etc/grafana/grafana.ini\n";
    const host = grafanaHost("[database]\ntype = postgres\nname = f\nuser = u\n", {
      "/etc/systemd/system/grafana.service": unit,
      "/run/pw": "p w\n",
    });
    expect((await locate(host)).databases).toEqual([
      expect.objectContaining({ engine: "mysql", name: "e", user: "u", password: "p w" }),
    ]);
  });

  it("is refused where it cannot be understood or dumped, and its password is in no message", async () => {
    await expect(locate(grafanaHost("[database]\nurl = db1/geheim\n"))).rejects.toMatchObject({
      code: "application-unreadable",
      message: "[database] url in /etc/grafana/grafana.ini is no database's URL that is understood here",
      hint: expect.stringContaining("applications.grafana.database"),
    });
    await expect(locate(grafanaHost("[database]\ntype = mssql\n"))).rejects.toMatchObject({
      code: "database-unsupported",
    });
    await expect(locate(grafanaHost("[database\n"))).rejects.toMatchObject({
      message: "/etc/grafana/grafana.ini cannot be understood: a section header without `]` in line 1",
    });
  });

  it("needs the agent's own password where Grafana takes it from a vault or a file that is gone", async () => {
    const vault = grafanaHost("[database]\ntype = mysql\npassword = $__vault{secret/db:password}\n");
    await expect(locate(vault)).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining(
        "applications.grafana.database.password: { file: /etc/backup-tools/grafana.password }",
      ),
    });
    expect((await locate(vault, { database: { password: "p" } })).databases[0]?.password).toBe("p");
    await expect(
      locate(grafanaHost("[database]\ntype = mysql\npassword = $__file{/run/gone}\n")),
    ).rejects.toMatchObject({
      message: "[database] password in /etc/grafana/grafana.ini is to be read from /run/gone, which does not exist",
    });
  });
});

describe("grafana is not found", () => {
  it("and every place that was looked at is listed", async () => {
    await expect(locate(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining("- /etc/grafana/grafana.ini (the vendor's default): no such file"),
    });
  });

  it("where its data directory is on a disk that is not mounted", async () => {
    await expect(locate(grafanaHost("[paths]\ndata = /mnt/grafana\n"))).rejects.toMatchObject({
      message:
        "the data directory of Grafana was not found; looked at:\n- applications.grafana.home: not set\n- /mnt/grafana ([paths] data in /etc/grafana/grafana.ini): no such directory",
    });
  });
});

it("plugins stay beside the program files where only the data are elsewhere", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/etc/systemd/system/grafana.service":
      "[Service]\nEnvironment=GF_PATHS_DATA=/srv/data\nWorkingDirectory=/opt/grafana\nExecStart=/opt/grafana/bin/grafana server\n",
    "/opt/grafana/conf/defaults.ini":
      "[paths]\ndata = data\nplugins = data/plugins\nprovisioning = conf/provisioning\n",
    "/opt/grafana/conf/provisioning/datasources/a.yaml": "",
    "/opt/grafana/data/plugins/x/plugin.json": "{}",
    "/srv/data/alerting/state": "",
  });
  const { home, trees } = await locate(host);
  expect(home).toBe("/srv/data");
  expect(trees.map(({ label, root }) => [label, root.slice(host.root.length)])).toEqual([
    ["data", "/srv/data"],
    ["config", "/opt/grafana/conf"],
    ["plugins", "/opt/grafana/data/plugins"],
    ["service", "/etc/systemd/system"],
  ]);
});

it("provisioning that is broken stops no backup, and is told", async () => {
  const host = grafanaHost("", { "/etc/grafana/provisioning/dashboards/a.yaml": "providers: [\n" });
  const { warnings } = await locate(host);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^\/etc\/grafana\/provisioning\/dashboards\/a\.yaml is not YAML \(line \d\): .*: dashboards that it names/,
    ),
  ]);
});

it("a secret_key in a vault is told", async () => {
  const { warnings } = await locate(grafanaHost("[security]\nsecret_key = $__vault{secret/grafana:key}\n"));
  expect(warnings).toEqual([
    expect.stringContaining("[security] secret_key in /etc/grafana/grafana.ini is taken from a vault"),
  ]);
});

it("a Grafana without VERSION and program wants its version from the agent's configuration", async () => {
  const located = await locate(grafanaHost(""));
  await expect(located.captureVersion()).rejects.toMatchObject({
    code: "version-unreadable",
    message:
      "the version of grafana cannot be read; looked at:\n- /usr/share/grafana/VERSION\n- bin/grafana-server in /usr/share/grafana: not found",
  });
});

describe("a drill of grafana", () => {
  const sql = `CREATE TABLE dashboard (id INTEGER); INSERT INTO dashboard VALUES (1), (2);
    CREATE TABLE data_source (id INTEGER); CREATE TABLE "user" (id INTEGER); INSERT INTO "user" VALUES (1);
    CREATE TABLE dashboard_provisioning (id INTEGER, external_id TEXT); INSERT INTO dashboard_provisioning VALUES (1, '/srv/dashboards/a.json'), (2, '/srv/dashboards/b.json')`;
  const ask = async (host: Host, database = "grafana", tables = sql) => {
    const roots = { config: "/etc/grafana", data: "/var/lib/grafana" };
    const data = restoredData({ application: "grafana", database, sql: tables, host, roots });
    const answers = [];
    for (const check of grafanaSanityChecks) answers.push(await check.ask(data));
    return {
      findings: answers.flatMap(({ findings }) => findings),
      figures: answers.flatMap(({ figures }) => figures),
    };
  };
  const files = { "/srv/dashboards/a.json": "{}", "/srv/dashboards/b.json": "{}" };

  it("finds nothing wrong with one that is whole", async () => {
    const { findings, figures } = await ask(grafanaHost("", files));
    expect(findings).toEqual([]);
    expect(figures).toContainEqual({ what: "provisioned dashboards", count: 2 });
  });

  it("finds a dashboard whose file is missing, and settings of another database", async () => {
    const host = grafanaHost("[database]\ntype = mysql\nname = other\n", files);
    rmSync(join(host.root, "/srv/dashboards/b.json"));
    expect((await ask(host)).findings).toEqual([
      "/etc/grafana/grafana.ini leads to the mysql database other, the dump is of the sqlite database grafana: do they belong together?",
      "1 of 2 provisioned dashboards have no file: Grafana would delete them: /srv/dashboards/b.json",
    ]);
  });

  it("finds a database that is another's", async () => {
    expect((await ask(grafanaHost(""), "x", "CREATE TABLE a (id)")).findings).toEqual([
      "the database has no tables dashboard and data_source: is it Grafana's?",
    ]);
  });
});
