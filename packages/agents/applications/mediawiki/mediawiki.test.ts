import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { mediawiki } from "./mediawiki.ts";

const home = "/var/www/html";

function hostWith(settings: string, files: Record<string, string> = {}, environment: NodeJS.ProcessEnv = {}) {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    [`${home}/includes/Defines.php`]: "<?php\ndefine( 'MW_VERSION', '1.43.1' );\n",
    [`${home}/LocalSettings.php`]: `<?php\n${settings}`,
    ...files,
  });
  return host;
}

function locate(host = hostWith("$wgDBname = 'wiki';"), keys: object = {}) {
  return mediawiki.locate({ name: "mediawiki", settings: applicationSettings(keys), host });
}

describe("the database of mediawiki", () => {
  it.each<[string, object]>([
    ["$wgDBname = 'w';", { engine: "mysql", name: "w", host: "localhost" }],
    ["$wgDBname = 'w'; $wgDBserver = 'localhost:/run/my.sock';", { socket: "/run/my.sock" }],
    ["$wgDBtype = 'postgres'; $wgDBname = 'w'; $wgDBserver = '';", { engine: "postgresql", host: undefined }],
    ["$wgDBtype = 'postgres'; $wgDBname = 'w'; $wgDBserver = '/run/postgresql';", { socket: "/run/postgresql" }],
    [
      "$wgDBname = 'w'; $wgDBuser = 'u'; $wgDBservers = [['host' => 'db1', 'type' => 'mysql', 'password' => 'p'], ['host' => 'db2']];",
      { host: "db1", name: "w", user: "u", password: "p" },
    ],
  ])("is that of %s", async (settings, expected) => {
    expect((await locate(hostWith(settings))).databases[0]).toMatchObject(expected);
  });

  it("is refused where it cannot be dumped, and asked for where it is not known", async () => {
    await expect(locate(hostWith("$wgDBtype = 'mssql'; $wgDBname = 'w';"))).rejects.toMatchObject({
      code: "database-unsupported",
      message: `a mssql database (${home}/LocalSettings.php) cannot be dumped by this release`,
    });
    await expect(locate(hostWith("$wgDBtype = 'sqlite'; $wgDBname = 'w';"))).rejects.toMatchObject({
      code: "application-unreadable",
      message: `${home}/LocalSettings.php sets no $wgSQLiteDataDir, or no $wgDBname`,
    });
    const farm = "$wgDBname = 'w_' . $_SERVER['SERVER_NAME'];";
    await expect(locate(hostWith(farm))).rejects.toMatchObject({
      message: expect.stringContaining("line 2: $wgDBname depends on the environment variable SERVER_NAME"),
      hint: expect.stringContaining("`applications.mediawiki.database.name`"),
    });
    expect((await locate(hostWith(farm), { database: { name: "w_a" } })).databases[0]).toMatchObject({ name: "w_a" });
  });

  it("is warned of where it is not all", async () => {
    const settings = "$wgDBname = 'w'; $wgSharedDB = 'users'; $wgExternalServers = ['c1' => ['host' => 'x']];";
    expect((await locate(hostWith(settings), { maintenance: { enabled: false } })).warnings).toEqual([
      "$wgSharedDB keeps tables that this wiki shares with another, such as those of its users, elsewhere: what is there is not part of this backup",
      "$wgExternalServers keeps texts of pages elsewhere: what is there is not part of this backup",
    ]);
  });
});

describe("LocalSettings.php", () => {
  it("is where MW_CONFIG_FILE of the container says", async () => {
    const files = { "/.dockerenv": "", "/config/wiki.php": "<?php $wgDBname = 'other';" };
    const located = await locate(hostWith("", files, { MW_CONFIG_FILE: "/config/wiki.php" }));
    expect(located.databases[0]).toMatchObject({ name: "other" });
    expect(located.trees.map(({ label }) => label)).toEqual(["wiki", "config"]);
  });

  it("must be written in PHP, and there", async () => {
    const host = hostWith("", { "/srv/settings.yaml": "config: {}" });
    await expect(locate(host, { configFile: "/srv/settings.yaml" })).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/srv/settings.yaml is not written in PHP, and not read by this release",
    });
    await expect(locate(host, { configFile: "/srv/gone.php" })).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining("/srv/gone.php (applications.mediawiki.configFile): no such file"),
    });
  });
});

describe("mediawiki is read-only during the backup", () => {
  it("where that is wanted, by the file that the wiki looks for", async () => {
    const host = hostWith("$wgDBname = 'w'; $wgUploadDirectory = '/srv/files';", { "/srv/files/a": "" });
    const { consistency, warnings } = await locate(host, { maintenance: {} });
    expect([consistency?.title, warnings]).toEqual(["read-only mode", []]);
    const flag = join(host.root, "/srv/files/lock_yBgMBwiR");
    expect(consistency?.byHand(flag)).toBe(`rm ${flag}`);
  });

  it("and is no backup without uploads that lie elsewhere", async () => {
    await expect(locate(hostWith("$wgUploadDirectory = '/mnt/files';"))).rejects.toMatchObject({
      message: `/mnt/files is no directory ($wgUploadDirectory in ${home}/LocalSettings.php)`,
    });
  });

  it("where it is always so", async () => {
    const { consistency, warnings } = await locate(hostWith("$wgDBname = 'w'; $wgReadOnly = 'An archive';"));
    expect([consistency, warnings]).toEqual([undefined, []]);
  });

  it("or it is told what to set", async () => {
    expect((await locate()).warnings).toEqual([
      expect.stringContaining("set `applications.mediawiki.maintenance: {}` to make it read-only meanwhile"),
    ]);
  });
});

describe("the version of mediawiki", () => {
  it("is in the names of the release notes where no file sets it", async () => {
    const host = hostWith("$wgDBname = 'w';", {
      [`${home}/includes/Defines.php`]: "<?php\n",
      [`${home}/RELEASE-NOTES-1.35`]: "",
    });
    expect((await (await locate(host)).captureVersion()).value).toBe("1.35");
  });

  it.each([
    ["1.43.1", `php ${home}/maintenance/run.php update`],
    ["1.39.6", `php ${home}/maintenance/update.php`],
  ])("%s decides how scripts are started", async (version, command) => {
    expect((await locate()).restoreNotes(version).join("\n")).toContain(command);
  });
});
