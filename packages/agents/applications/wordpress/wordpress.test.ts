import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@catapullt/core/log/logger";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import type { Consistency } from "../type.ts";
import { wordpress } from "./wordpress.ts";

const home = "/var/www/html";

function hostWith(config: string, files: Record<string, string> = {}) {
  const host = fixtureHost();
  writeFiles(host.root, {
    [`${home}/wp-includes/version.php`]: "<?php $wp_version = '6.4.3';",
    [`${home}/wp-config.php`]: `<?php\n${config}`,
    ...files,
  });
  return host;
}

function locate(host = hostWith("define('DB_NAME', 'wp');"), keys: object = {}) {
  return wordpress.locate({ name: "wordpress", settings: applicationSettings(keys), host });
}

describe("the database of wordpress", () => {
  it.each<[string, object]>([
    ["localhost", { host: "localhost", port: undefined }],
    ["localhost:3307", { host: "localhost", port: 3307 }],
    ["localhost:/tmp/my sql.sock", { socket: "/tmp/my sql.sock" }],
    [":/tmp/mysql.sock", { socket: "/tmp/mysql.sock" }],
    ["", { host: "localhost" }],
    ["db1", { host: "db1", port: undefined }],
    ["p:db1:3307", { host: "db1", port: 3307 }],
    ["::1", { host: "::1", port: undefined }],
    ["[::1]:3307", { host: "::1", port: 3307 }],
  ])("is reached at %j", async (address, expected) => {
    const { databases } = await locate(hostWith(`define('DB_NAME', 'wp'); define('DB_HOST', '${address}');`));
    expect(databases[0]).toMatchObject({ engine: "mysql", name: "wp", ...expected });
  });

  it("is asked for where wp-config.php does not tell it", async () => {
    await expect(locate(hostWith("define('DB_USER', 'u');"))).rejects.toMatchObject({
      code: "application-unreadable",
      message: `${home}/wp-config.php names no database`,
    });
    const computed = "define('DB_NAME', 'wp');\ndefine('DB_PASSWORD', decrypt('x'));";
    await expect(locate(hostWith(computed))).rejects.toMatchObject({
      message: `${home}/wp-config.php, line 3: DB_PASSWORD depends on what \`decrypt()\` returns, which is not known without running the program`,
      hint: "set `applications.wordpress.database.password` in the agent's configuration, such as `{ file: /etc/backup-tools/wordpress.password }`",
    });
    const database = { password: "p" };
    expect((await locate(hostWith(computed), { database })).databases[0]).toMatchObject({ name: "wp", password: "p" });
  });

  it("is not taken from one of several files of Debian's package", async () => {
    const host = hostWith("require '/etc/wordpress/config-' . $_SERVER['HTTP_HOST'] . '.php';", {
      "/etc/wordpress/config-a.php": "<?php define('DB_NAME', 'a');",
      "/etc/wordpress/config-b.php": "<?php define('DB_NAME', 'b');",
    });
    await expect(locate(host)).rejects.toMatchObject({ code: "application-unreadable" });
    const { databases } = await locate(host, { configFile: "/etc/wordpress/config-b.php" });
    expect(databases).toEqual([expect.objectContaining({ name: "b" })]);
  });
});

describe("wordpress is found", () => {
  it("or every place that was looked at is listed", async () => {
    await expect(locate(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining(
        "- /var/www (a usual place): neither it nor a directory in it has wp-includes/version.php",
      ),
      hint: "set `applications.wordpress.home` in the agent's configuration",
    });
    await expect(locate(undefined, { home: "/srv/gone" })).rejects.toMatchObject({
      message: expect.stringMatching(/- \/srv\/gone \(applications\.wordpress\.home\): .*$/),
    });
  });

  it("with a warning for each other one, until its home is configured", async () => {
    const host = hostWith("define('DB_NAME', 'wp');", { "/var/www/blog/wp-includes/version.php": "<?php" });
    const [warning, ...others] = (await locate(host)).warnings;
    expect(others).toEqual([]);
    expect(warning).toContain("there is another WordPress in /var/www/blog");
    expect((await locate(host, { home })).warnings).toEqual([]);
  });

  it("without a wp-config.php, it is told where that should be", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { [`${home}/wp-includes/version.php`]: "<?php" });
    await expect(locate(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining("- /var/www/wp-config.php (the usual place): no such file"),
    });
  });

  it("but not without a content that lies elsewhere and is not there", async () => {
    const config = "define('DB_NAME', 'wp'); define('WP_CONTENT_DIR', '/mnt/content');";
    await expect(locate(hostWith(config))).rejects.toMatchObject({
      code: "application-not-found",
      message: `/mnt/content is no directory (WP_CONTENT_DIR in ${home}/wp-config.php)`,
    });
  });

  it("and where its content is computed, asks for it to be written out", async () => {
    const config = "define('DB_NAME', 'wp'); define('WP_CONTENT_DIR', env('CONTENT'));";
    await expect(locate(hostWith(config))).rejects.toMatchObject({
      message: expect.stringContaining("WP_CONTENT_DIR depends on what `env()` returns"),
      hint: expect.stringContaining("`applications.wordpress.configFile`"),
    });
  });
});

describe("maintenance mode of wordpress", () => {
  const environment = {};
  const log = silentLogger();
  const { signal } = new AbortController();

  async function prepare() {
    const host = hostWith("define('DB_NAME', 'wp');");
    const { consistency } = await locate(host, { maintenance: {} });
    const flag = join(host.root, home, ".maintenance");
    const tokens: string[] = [];
    const record = async (token: string) => {
      tokens.push(token);
    };
    return { consistency: consistency as Consistency, flag, tokens, context: { environment, log, signal, record } };
  }

  it("is only where it is asked for", async () => {
    expect((await locate()).consistency).toBeUndefined();
    expect((await locate(undefined, { maintenance: { enabled: false } })).consistency).toBeUndefined();
  });

  it("lasts until it is ended, which may be twice", async () => {
    const { consistency, flag, tokens, context } = await prepare();
    await consistency.begin(context);
    expect([existsSync(flag), tokens]).toEqual([true, [flag]]);
    expect(consistency.byHand(flag)).toBe(`rm ${flag}`);
    await consistency.end(flag, context);
    await consistency.end(flag, context);
    expect(existsSync(flag)).toBe(false);
  });

  it("of somebody else is left alone", async () => {
    const { consistency, flag, context } = await prepare();
    writeFileSync(flag, "<?php $upgrading = 1;");
    await expect(consistency.begin(context)).rejects.toMatchObject({
      code: "consistency-failed",
      message: `${flag} is there already: WordPress is being updated, or somebody has put it into maintenance mode`,
    });
    await consistency.end(flag, context);
    expect(existsSync(flag)).toBe(true);
  });
});
