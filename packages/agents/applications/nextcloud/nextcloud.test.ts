import { chmodSync, chownSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { withConsistency } from "../../backup/consistency.ts";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { nextcloud } from "./nextcloud.ts";

const home = "/var/www/nextcloud";

function hostWith(config: string, files: Record<string, string> = {}, environment: NodeJS.ProcessEnv = {}) {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    [`${home}/occ`]: "#!/usr/bin/env php\n",
    [`${home}/version.php`]: "<?php $OC_Version = [28, 0, 1, 1]; $OC_VersionString = '28.0.1';",
    [`${home}/config/config.php`]: `<?php\n$CONFIG = array(${config});\n`,
    [`${home}/data/.ocdata`]: "",
    ...files,
  });
  return host;
}

function locate(host: ReturnType<typeof hostWith>, keys: object = { maintenance: { enabled: false } }) {
  return nextcloud.locate({ name: "nextcloud", settings: applicationSettings(keys), host });
}

describe("the database of nextcloud", () => {
  it.each<[string, object]>([
    ["'dbtype' => 'mysql', 'dbname' => 'n', 'dbhost' => 'db1'", { engine: "mysql", host: "db1", port: undefined }],
    ["'dbtype' => 'mysql', 'dbname' => 'n', 'dbhost' => 'db1:3307'", { host: "db1", port: 3307 }],
    ["'dbtype' => 'mysql', 'dbname' => 'n', 'dbhost' => 'db1', 'dbport' => '3308'", { host: "db1", port: 3308 }],
    ["'dbtype' => 'mysql', 'dbname' => 'n', 'dbhost' => '[::1]:3307'", { host: "::1", port: 3307 }],
    ["'dbtype' => 'pgsql', 'dbname' => 'n', 'dbhost' => '/run/postgresql'", { socket: "/run/postgresql" }],
    [
      "'dbtype' => 'mysql', 'dbname' => 'n', 'dbdriveroptions' => array(1009 => '/etc/ssl/db.pem')",
      { tls: { mode: "verify-ca", caFile: "/etc/ssl/db.pem" } },
    ],
  ])("is that of %s", async (config, expected) => {
    expect((await locate(hostWith(config))).databases[0]).toMatchObject({ name: "n", ...expected });
  });

  it("of Oracle is refused", async () => {
    await expect(locate(hostWith("'dbtype' => 'oci', 'dbname' => 'n'"))).rejects.toMatchObject({
      code: "database-unsupported",
      message: `a Oracle database (${home}/config/config.php) cannot be dumped by this release`,
    });
  });

  it("is asked for where a variable that is not known sets it", async () => {
    const companion = { [`${home}/config/z.config.php`]: "<?php\n$CONFIG = ['dbpassword' => getenv('DB_PASSWORD')];" };
    await expect(locate(hostWith("'dbtype' => 'mysql', 'dbname' => 'n'", companion))).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining(
        "z.config.php, line 2: dbpassword depends on the environment variable DB_PASSWORD",
      ),
      hint: expect.stringContaining("`applications.nextcloud.database.password`"),
    });
  });
});

describe("the data of nextcloud", () => {
  it("must be there", async () => {
    await expect(locate(hostWith("'datadirectory' => '/mnt/data'"))).rejects.toMatchObject({
      code: "application-not-found",
      message: `/mnt/data is no directory (datadirectory in ${home}/config/config.php)`,
    });
  });

  it("are warned of where their disk does not seem to be mounted, or they are in object storage", async () => {
    const config = "'datadirectory' => '/mnt/data', 'dbname' => 'n', 'objectstore' => array('class' => 'S3')";
    expect((await locate(hostWith(config, { "/mnt/data/x": "" }))).warnings).toEqual([
      "/mnt/data has neither .ncdata nor .ocdata, with which Nextcloud marks its data: is a disk not mounted?",
      "objectstore keeps users' files in object storage: what is there is not part of this backup",
    ]);
  });
});

it("an update of nextcloud that was not finished is warned of", async () => {
  const located = await locate(hostWith("'dbname' => 'n', 'version' => '27.1.4.1'"));
  expect(await located.captureVersion()).toEqual({
    value: "28.0.1",
    sources: [
      { source: "program files", value: "28.0.1" },
      { source: "home", value: "27.1.4.1" },
    ],
    warnings: ["the program files are of 28.0.1.1, the data of 27.1.4.1: an update was not finished (occ upgrade)"],
  });
});

describe("maintenance mode of nextcloud", () => {
  // Stands in for PHP with occ: notes as whom and how it is called.
  const standIn = (ending = "exit 0") => `#!/bin/sh
echo "$(id -u) $NEXTCLOUD_CONFIG_DIR \${SECRET:-none} $*" >> "$(dirname "$1")/calls/log"
${ending}
`;

  async function prepare({ config = "'dbname' => 'n'", ending }: { config?: string; ending?: string } = {}) {
    const host = hostWith(config, { "/bin/php": standIn(ending), [`${home}/calls/.keep`]: "" }, { PATH: "/bin" });
    chmodSync(join(host.root, "/bin/php"), 0o755);
    const owner = process.getuid?.() === 0 ? 65534 : (process.getuid?.() ?? 0);
    for (const path of ["config/config.php", "calls"]) chownSync(join(host.root, home, path), owner, owner);
    chmodSync(host.root, 0o755);
    const { consistency } = await locate(host, { maintenance: {} });
    const request = {
      application: "nextcloud",
      consistency,
      stateDirectory: temporaryDirectory("state"),
      environment: { PATH: process.env.PATH, SECRET: "s" },
      log: silentLogger(),
      signal: new AbortController().signal,
    };
    const root = join(host.root, home);
    const log = join(root, "calls/log");
    const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
    const call = (mode: string) =>
      `${owner} ${root}/config none ${root}/occ maintenance:mode --${mode} --no-interaction --no-ansi`;
    return { host, request, calls, call, owner, root };
  }

  it("is switched on and off by occ, as the owner of config.php, without the agent's secrets", async () => {
    const { request, calls, call } = await prepare();
    await withConsistency(request, async () => expect(calls()).toEqual([call("on")]));
    expect(calls()).toEqual([call("on"), call("off")]);
  });

  it("is switched off after a failure too", async () => {
    const { request, calls, call } = await prepare();
    await expect(withConsistency(request, () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
    expect(calls()).toEqual([call("on"), call("off")]);
  });

  it("that does not end is told of, with the command", async () => {
    const { request, owner, root, host } = await prepare({
      ending: 'case "$*" in *--off*) echo "no database"; exit 1;; esac',
    });
    await expect(withConsistency(request, async () => {})).rejects.toMatchObject({
      code: "consistency-failed",
      message:
        "nextcloud is still in maintenance mode: occ could not switch maintenance mode off (exit code 1): no database",
      hint: `end it by hand: sudo -u '#${owner}' ${host.root}/bin/php ${root}/occ maintenance:mode --off`,
    });
  });

  it("of somebody else ends the backup, and stays", async () => {
    const { request, calls } = await prepare({ config: "'dbname' => 'n', 'maintenance' => true" });
    await expect(withConsistency(request, async () => {})).rejects.toMatchObject({
      code: "consistency-failed",
      message: expect.stringContaining("config/config.php has maintenance mode on already"),
    });
    expect(calls()).toEqual([]);
  });

  it("needs PHP, and is missed where it is not configured", async () => {
    const host = hostWith("'dbname' => 'n'");
    await expect(locate(host, { maintenance: {} })).rejects.toMatchObject({
      code: "config-invalid",
      hint: expect.stringContaining("`applications.nextcloud.hooks`"),
    });
    expect((await locate(host, {})).warnings).toEqual([
      expect.stringContaining("the vendor demands maintenance mode, which `applications.nextcloud.maintenance: {}`"),
    ]);
  });
});
