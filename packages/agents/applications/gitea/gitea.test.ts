import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildGitea, type GiteaOptions } from "@catapullt/testkit/gitea";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import type { Host } from "../host.ts";
import type { LocatedApplication } from "../type.ts";
import { gitea } from "./gitea.ts";

function giteaHost(options: GiteaOptions = {}, environment: NodeJS.ProcessEnv = {}): Host {
  const host = fixtureHost(environment);
  buildGitea({ root: host.root, program: "/usr/local/bin/gitea", ...options });
  return host;
}

function locate(host: Host, keys: object = {}, name = "gitea"): Promise<LocatedApplication> {
  return gitea.locate({ name, settings: applicationSettings(keys), host });
}

function trees(host: Host, located: LocatedApplication): [string, string][] {
  return located.trees.map(({ label, root }) => [label, root.slice(host.root.length)]);
}

/** Writes an app.ini of this content to /etc/gitea and the directories that are always there. */
function hostWithIni(content: string): Host {
  const host = fixtureHost();
  writeFiles(host.root, { "/etc/gitea/app.ini": content });
  for (const directory of ["/var/lib/gitea/data", "/var/lib/gitea/custom"])
    mkdirSync(join(host.root, directory), { recursive: true });
  return host;
}

describe("gitea finds everything", () => {
  it("at the vendor's default paths, with no configuration", async () => {
    const host = giteaHost();
    const located = await locate(host);
    expect(located).toMatchObject({ home: "/var/lib/gitea", install: "/usr/local/bin/gitea", warnings: [] });
    expect(located.databases).toEqual([
      { engine: "sqlite", name: "gitea", file: join(host.root, "/var/lib/gitea/data/gitea.db"), skip: [] },
    ]);
    expect(trees(host, located)).toEqual([
      ["data", "/var/lib/gitea/data"],
      ["custom", "/var/lib/gitea/custom"],
    ]);
    expect(await located.captureVersion()).toEqual({
      value: "1.22.3",
      sources: [{ source: "program files", value: "1.22.3" }],
      warnings: [],
    });
  });

  it("with app.ini in /etc, as packages have it", async () => {
    const host = giteaHost({ configFile: "/etc/gitea/app.ini" });
    expect(trees(host, await locate(host))).toEqual([
      ["data", "/var/lib/gitea/data"],
      ["custom", "/var/lib/gitea/custom"],
      ["config", "/etc/gitea/app.ini"],
    ]);
  });

  it("in the layout of the container image", async () => {
    const host = fixtureHost();
    writeFiles(host.root, {
      "/data/gitea/conf/app.ini":
        "APP_NAME = Gitea\n[server]\nAPP_DATA_PATH = /data/gitea\n[database]\nDB_TYPE = sqlite3\nPATH = /data/gitea/gitea.db\n[repository]\nROOT = /data/git/repositories\n",
      "/data/gitea/attachments/a": "",
      "/data/git/repositories/x.git/HEAD": "",
    });
    const located = await locate(host);
    expect(located.home).toBe("/data/gitea");
    expect(trees(host, located)).toEqual([
      ["data", "/data/gitea"],
      ["repositories", "/data/git/repositories"],
    ]);
    expect(located.trees[0]?.exclude.map(({ pattern }) => pattern)).toEqual([
      "log/**",
      "sessions/**",
      "indexers/**",
      "queues/**",
      "tmp/**",
      "repo-archive/**",
      "gitea.db",
      "gitea.db-wal",
      "gitea.db-shm",
      "gitea.db-journal",
    ]);
  });

  it("by the service's unit", async () => {
    const host = giteaHost({ workPath: "/srv/gitea", configFile: "/srv/etc/gitea.ini", program: "/srv/bin/gitea" });
    writeFiles(host.root, {
      "/etc/systemd/system/gitea.service": "[Service]\nExecStart=/srv/bin/gitea web --config /srv/etc/gitea.ini\n",
    });
    expect(await locate(host)).toMatchObject({ home: "/srv/gitea", install: "/srv/bin/gitea" });
  });

  it("by the environment", async () => {
    const host = giteaHost({ workPath: "/srv/gitea" }, { GITEA_WORK_DIR: "/srv/gitea" });
    expect((await locate(host)).home).toBe("/srv/gitea");
  });

  it("by the configuration, also beside another instance", async () => {
    const host = giteaHost({ configFile: "/etc/gitea/app.ini" });
    buildGitea({ root: host.root, workPath: "/srv/forge" });
    const located = await locate(host, { home: "/srv/forge", install: "/srv/forge/bin" }, "forge");
    expect(located).toMatchObject({ home: "/srv/forge", install: "/srv/forge/bin/gitea" });
    expect(located.evidence).toContainEqual(expect.objectContaining({ value: "/srv/forge/custom/conf/app.ini" }));
  });

  it("and never takes another instance's app.ini for its own", async () => {
    const host = giteaHost({ configFile: "/etc/gitea/app.ini" });
    mkdirSync(join(host.root, "/srv/forge"), { recursive: true });
    await expect(locate(host, { home: "/srv/forge" }, "forge")).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining(
        "/etc/gitea/app.ini (the vendor's default): belongs to the work path /var/lib/gitea",
      ),
      hint: expect.stringContaining("applications.forge.configFile"),
    });
  });

  it("or lists every place that it looked at", async () => {
    await expect(locate(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringMatching(/- \/etc\/gitea\/app\.ini .*: no such file\n- \/data\/gitea\/conf\/app\.ini .*/),
    });
    await expect(locate(fixtureHost(), { configFile: "/srv/app.ini" })).rejects.toMatchObject({
      message:
        "app.ini of Gitea was not found; looked at:\n- /srv/app.ini (applications.gitea.configFile): no such file",
    });
  });
});

describe("gitea reads its database settings", () => {
  it.each<[string, object]>([
    [
      "DB_TYPE = mysql\nHOST = db1.example.org:3306\nNAME = gitea\nUSER = gitea\nPASSWD = `p#w;d`\nCHARSET = utf8mb4",
      { engine: "mysql", host: "db1.example.org", port: 3306, name: "gitea", user: "gitea", password: "p#w;d" },
    ],
    [
      "DB_TYPE = mysql ; comment\nHOST = /var/run/mysqld/mysqld.sock\nNAME = g\nUSER = u\nPASSWD =",
      { engine: "mysql", host: undefined, socket: "/var/run/mysqld/mysqld.sock", name: "g", user: "u", password: "" },
    ],
    ["DB_TYPE = mysql\nHOST = [::1]:3307\nNAME = g", { host: "::1", port: 3307 }],
    [
      "DB_TYPE = mysql\nHOST = db1\nNAME = g\nSSL_MODE = skip-verify",
      { host: "db1", port: undefined, tls: { mode: "required" } },
    ],
    ["DB_TYPE = mysql\nNAME = g\nSSL_MODE = disable", { host: "127.0.0.1", tls: { mode: "disabled" } }],
    [
      "DB_TYPE = postgres\nHOST = db1:5433\nNAME = g\nUSER = u\nPASSWD = p\nSSL_MODE = verify-full",
      { engine: "postgresql", host: "db1", port: 5433, user: "u", tls: { mode: "verify-identity" } },
    ],
    ["DB_TYPE = postgres\nHOST = /run/postgresql\nNAME = g", { socket: "/run/postgresql", port: undefined }],
    ["DB_TYPE = postgres\nHOST = /run/postgresql:5433\nNAME = g", { socket: "/run/postgresql", port: 5433 }],
  ])("%s", async (section, expected) => {
    const [database] = (await locate(hostWithIni(`WORK_PATH = /var/lib/gitea\n[database]\n${section}\n`))).databases;
    expect(database).toMatchObject(expected);
  });

  it.each([
    ["PATH = data/other.db", "/var/lib/gitea/data/other.db"],
    ["PATH = /mnt/gitea.db", "/mnt/gitea.db"],
    ["", "/var/lib/gitea/data/gitea.db"],
  ])("with SQLite at %j", async (path, expected) => {
    const host = hostWithIni(`WORK_PATH = /var/lib/gitea\n[database]\nDB_TYPE = sqlite3\n${path}\n`);
    expect((await locate(host)).databases[0]).toMatchObject({ engine: "sqlite", file: join(host.root, expected) });
  });

  it("and refuses what cannot be dumped, or is not set up", async () => {
    await expect(locate(hostWithIni("[database]\nDB_TYPE = mssql\nNAME = g\n"))).rejects.toMatchObject({
      code: "database-unsupported",
    });
    await expect(locate(hostWithIni("APP_NAME = x\n"))).rejects.toMatchObject({ code: "application-unreadable" });
  });

  it("and names the line of app.ini that is broken", async () => {
    await expect(locate(hostWithIni("[database\nDB_TYPE = mysql\n"))).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/etc/gitea/app.ini cannot be understood: a section header without `]` in line 1",
    });
  });
});

describe("what gitea saves", () => {
  it("has trees of their own for what lies elsewhere, and a warning for what is not on this host", async () => {
    const host = hostWithIni(`WORK_PATH = /var/lib/gitea
[server]
APP_DATA_PATH = /srv/data
[database]
DB_TYPE = mysql
NAME = g
[repository]
ROOT = /mnt/repositories
[attachment]
PATH = /mnt/attachments
[lfs]
STORAGE_TYPE = minio
[storage.packages]
STORAGE_TYPE = local
PATH = packages
`);
    for (const path of ["/mnt/repositories", "/mnt/attachments", "/srv/data/packages"])
      mkdirSync(join(host.root, path), { recursive: true });
    const located = await locate(host);
    expect(trees(host, located)).toEqual([
      ["data", "/srv/data"],
      ["custom", "/var/lib/gitea/custom"],
      ["config", "/etc/gitea/app.ini"],
      ["repositories", "/mnt/repositories"],
      ["attachment", "/mnt/attachments"],
    ]);
    expect(located.warnings).toEqual(["[lfs] in app.ini keeps its files in minio: they are not part of this backup"]);
  });

  it.each([
    ["/usr/local/bin/gitea\0web\0--config\0/etc/gitea/app.ini\0", 1],
    ["forgejo\0web\0", 1],
    ["/usr/local/bin/gitea\0dump\0", 0],
    ["vi\0gitea\0web\0", 0],
    ["", 0],
  ])("warns while the server runs (%j)", async (commandLine, count) => {
    const host = giteaHost();
    writeFiles(host.root, {
      "/proc/4711/cmdline": commandLine,
      "/proc/meminfo": "",
      "/proc/self/cmdline": "/usr/bin/gitea\0web\0",
    });
    const { warnings } = await locate(host);
    expect(warnings).toHaveLength(count);
    if (count === 1) expect(warnings[0]).toContain("applications.gitea.hooks");
  });
});

describe("the version of gitea", () => {
  function replaceProgram(host: Host, script: string): void {
    const program = join(host.root, "/usr/local/bin/gitea");
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }

  it.each([
    ["Gitea version 1.21.4 built with GNU Make 4.3, go1.21.6 : bindata", "1.21.4"],
    ["gitea version 1.23.0+dev-45-gabc built with go", "1.23.0+dev-45-gabc"],
    ["forgejo version 7.0.3+gitea-1.22.0 (release name 7.0.3) built with go", "7.0.3+gitea-1.22.0"],
  ])("is read from %j", async (line, expected) => {
    const host = giteaHost();
    replaceProgram(host, `echo '${line}'`);
    expect((await (await locate(host)).captureVersion()).value).toBe(expected);
  });

  it.each([
    ["echo nothing of use", "it prints no version"],
    ["echo 'Gitea version 1.2.3'; exit 3", "exit code 3"],
  ])("is unreadable where the program does %j", async (script, problem) => {
    const host = giteaHost();
    replaceProgram(host, script);
    await expect((await locate(host)).captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining(problem),
      hint: expect.stringContaining("applications.gitea.install"),
    });
  });

  it("is unreadable without a program, unless the configuration tells it", async () => {
    const host = giteaHost();
    rmSync(join(host.root, "/usr/local/bin/gitea"));
    await expect((await locate(host)).captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining("- /usr/local/bin/gitea (the vendor's default)"),
    });
    const configured = await locate(host, { version: { value: "1.22.3" } });
    expect((await configured.captureVersion()).sources).toEqual([{ source: "configuration", value: "1.22.3" }]);
  });
});

it("leaves nothing of app.ini's secrets in what it tells people", async () => {
  const host = giteaHost();
  const { evidence, warnings, restoreNotes } = await locate(host);
  expect(readFileSync(join(host.root, "/var/lib/gitea/custom/conf/app.ini"), "utf8")).toContain("abc#def");
  expect(JSON.stringify({ evidence, warnings, notes: restoreNotes("1.22.3") })).not.toContain("abc#def");
});
