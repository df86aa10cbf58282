import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../../test/fixture-host.ts";
import { type DatabaseSetting, knownPath, knownText, readPhpConfig } from "./php-config.ts";
import { PhpUnknown, type PhpValue } from "./value.ts";

const path = "/srv/site/config.php";

async function read(text: string, files: Record<string, string> = {}, environment: NodeJS.ProcessEnv = {}) {
  const host = fixtureHost(environment);
  writeFiles(host.root, { [path]: `<?php\n${text}`, ...files });
  return await readPhpConfig({ name: "site", host }, path, { leaveOut: /settings\.php$/ });
}

/** The variable `$a` after these lines; of what is unknown, the reason. */
async function valueAfter(
  text: string,
  files?: Record<string, string>,
  environment?: NodeJS.ProcessEnv,
): Promise<unknown> {
  return plain((await read(text, files, environment)).variables.get("a"));
}

function plain(value: PhpValue | undefined): unknown {
  if (value instanceof PhpUnknown) return `unknown: ${value.reason} (line ${value.line})`;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return value;
}

describe("a configuration file in PHP is read without running it", () => {
  it.each<[string, unknown]>([
    [String.raw`$a = 'it\'s \\ \n $x "q"';`, String.raw`it's \ \n $x "q"`],
    [String.raw`$a = "p\$w\t\x41 \\ \"";`, 'p$w\tA \\ "'],
    ["$x = 'db'; $a = \"{$x}_wiki $x\";", "db_wiki db"],
    ["$x = ['k' => 'v']; $a = \"$x[k] {$x['k']}\";", "v v"],
    ["$x = 'y'; $a = <<<EOT\nhost $x\nEOT;", "host y"],
    ["$a = <<<'EOT'\n$x\nEOT;", "$x"],
    ["/* $a = 1; */ // $a = 2;\n# $a = 3;\n$a = 4;", 4],
    ["$a = 1; $a = 2;", 2],
    ["define('A', 'x'); define('A', 'y'); $a = A;", "x"],
    ["const A = 'x', B = A . 'y'; $a = \\B;", "xy"],
    ['define("A", 1 + 60 * 2 - 1); $a = A;', 120],
    ["$a = array('x' => 1, 2, 'y' => [true, null]);", { x: 1, 0: 2, y: { 0: true, 1: null } }],
    ["$a['x']['y'] = 1; $a['x']['z'] = 2; $a[] = 3;", { x: { y: 1, z: 2 }, 0: 3 }],
    ["$a = 'x'; $a .= 'y'; $a ??= 'z';", "xy"],
    ["$GLOBALS['a'] = 'x';", "x"],
    ["$a = $b ?? 'x';", "x"],
    ["$a = isset($b) ? 1 : 2;", 2],
    ["$a = empty($b['x']) ? 1 : 2;", 1],
    ["$b = ''; $a = $b ?: 'x';", "x"],
    ["$a = defined('X') ? X : 'none';", "none"],
    ["if (!defined('X')) { define('X', __DIR__ . '/'); } $a = X;", "/srv/site/"],
    ["$a = dirname(__FILE__) . dirname(__DIR__, 2);", "/srv/site/"],
    ["if (false) { $a = 1; } elseif ('x' == 'x') { $a = 2; } else { $a = 3; }", 2],
    ["if (true): $a = 1; else: $a = 2; endif;", 1],
    ['namespace X; $a = strtolower(trim(" A \\n"));', "a"],
    ["function f($x, $y = 'b') { if ($x === 1) { return $x . $y; } return 'no'; } $a = f(1) . f(2);", "1bno"],
    ["$a = (string) 5 . (int) '7x';", "57"],
    ["$a = @$b['x'] ?? 'y';", "y"],
    ["$a = 0x10 + 010 + 1_000;", 1024],
    ["defined('X') || define('X', 'y'); $a = X;", "y"],
  ])("%s", async (text, expected) => {
    expect(await valueAfter(text)).toEqual(expected);
  });

  it.each<[string, string]>([
    ["$a = rand();", "unknown: what `rand()` returns (line 2)"],
    ["$a = 'x' . $_GET['y'];", "unknown: the variable $_GET, which is not set here (line 2)"],
    ["\n$a = getenv('DB');", "unknown: the environment variable DB (line 3)"],
    ["$a = $_SERVER['HTTP_HOST'] ?? 'x';", "unknown: the environment variable HTTP_HOST (line 2)"],
    ["$a = Foo::bar('x');", "unknown: what `a method()` returns (line 2)"],
    ["$a = new Foo;", "unknown: a part of the program that is not evaluated (line 2)"],
    ["$a = 1;\nif ($_SERVER['HTTP_HOST'] === 'b') { $a = 2; }", "unknown: the environment variable HTTP_HOST (line 3)"],
    ["$a = 1;\nif (x()) { require 'b.php'; }", "unknown: what `x()` returns (line 3)"],
    ["$a = 1;\nif (x()) { return; }\n$a = 2;", "unknown: what `x()` returns (line 3)"],
    ["$a = 1; foreach ([1] as $b) { $a = $b; }", "unknown: what `foreach` does (line 2)"],
    ["$a = 1; switch (x()) { case 1: $a = 2; }", "unknown: what `switch` does (line 2)"],
    ["function f() { if (x()) { return 1; } return 2; }\n$a = f();", "unknown: what `x()` returns (line 3)"],
    ["x() && $a = 1;", "unknown: what `x()` returns (line 2)"],
    ["function f() { return f(); } $a = f();", "unknown: what `f()` returns (line 2)"],
  ])("and says of %j why it is not known", async (text, expected) => {
    expect(await valueAfter(text, { "/srv/site/b.php": "<?php $a = 2;" })).toBe(expected);
  });

  it("leaves the other entries of an array known that is perhaps added to", async () => {
    const text = "$a = ['x' => 1]; if (x()) { $a['y'] = 2; $a = ['z' => 3]; }";
    expect(await valueAfter(text)).toEqual({
      x: 1,
      y: expect.stringContaining("x()"),
      z: expect.stringContaining("x()"),
    });
  });

  it("reads on after a part that ends the program in other cases", async () => {
    expect(await valueAfter("if (PHP_SAPI === 'cli') { die('no'); } $a = 1;")).toBe(1);
    expect(await valueAfter("if (!defined('A')) { exit; } $a = 1;")).toBeUndefined();
  });
});

describe("files that a configuration includes", () => {
  const onceFile = { "/srv/site/once.php": "<?php $a = $a + 1;" };
  const files = {
    "/srv/site/secrets.php": "<?php $a = 'x'; return ['password' => 'p'];",
    "/srv/site/broken.php": "<?php $a = ;",
    "/srv/site/settings.php": "<?php $a = 'started';",
    "/run/secrets/db": "s3cret\n",
  };

  it.each<[string, unknown]>([
    ["require_once __DIR__ . '/secrets.php';", "x"],
    ["include 'secrets.php';", "x"],
    ["$b = require 'secrets.php'; $a = $b['password'];", "p"],
    ["$a = 1; require 'settings.php'; include 'gone.php';", 1],
    ["$a = rtrim(file_get_contents('/run/secrets/db'), \"\\r\\n\");", "s3cret"],
    ["if (file_exists(__DIR__ . '/secrets.php')) { $a = 2; } else { $a = 3; }", 2],
    ["function f() { return __DIR__; } $a = f();", "/srv/site"],
  ])("are followed: %s", async (text, expected) => {
    expect(await valueAfter(text, files)).toEqual(expected);
  });

  it("are told of where they are not understood, or their name is not known", async () => {
    const { warnings } = await read("include 'broken.php'; include $_GET['x'] . '.php';", files);
    expect(warnings).toEqual([
      "/srv/site/broken.php cannot be understood (syntax error, unexpected ';', line 1): what it sets is not known here",
      "/srv/site/config.php, line 2: a file is included whose name is not known here",
    ]);
  });

  it("are named, since they belong to the configuration", async () => {
    const { included } = await read(
      "include 'secrets.php'; if (x()) { include 'broken.php'; } include 'settings.php';",
      files,
    );
    expect(included).toEqual(["/srv/site/secrets.php", "/srv/site/broken.php"]);
  });

  it("may include each other, and call each other, without an end", async () => {
    const twice = "include __FILE__; include __FILE__;";
    expect(await valueAfter(`$a = 1; ${twice}`)).toBe(1);
    expect(await valueAfter("function f() { return f() . f(); } $a = f();")).toContain("unknown: ");
    expect(await valueAfter("$a = 0; require_once 'once.php'; require_once 'once.php';", onceFile)).toBe(1);
    expect(await valueAfter("$a = 1; include 'config.php';")).toBe(1);
  });
});

describe("the environment of PHP", () => {
  const pool = (value: string) => `[www]\nuser = www-data\nenv[DB] = ${value}\nenv[HOSTNAME] = $HOSTNAME\n`;

  it.each<[string, Record<string, string>, NodeJS.ProcessEnv, unknown]>([
    ["a unit", { "/etc/systemd/system/apache2.service": "[Service]\nEnvironment=DB=wp\n" }, {}, "wp"],
    ["a pool of PHP-FPM", { "/etc/php/8.2/fpm/pool.d/www.conf": pool('"w p"') }, {}, "w p"],
    ["a pool of Red Hat's", { "/etc/php-fpm.d/www.conf": pool("wp") }, {}, "wp"],
    ["a container", { "/.dockerenv": "" }, { DB: "wp" }, "wp"],
    ["a container in which it is not set", { "/run/.containerenv": "" }, {}, false],
    ["the agent's own, which is another", {}, { DB: "wp" }, "unknown: the environment variable DB (line 2)"],
    [
      "two pools that differ",
      { "/etc/php/8.2/fpm/pool.d/a.conf": pool("a"), "/etc/php/8.2/fpm/pool.d/b.conf": pool("b") },
      {},
      "unknown: the environment variable DB (line 2)",
    ],
  ])("is that of %s", async (_, files, environment, expected) => {
    expect(await valueAfter("$a = getenv('DB');", files, environment)).toBe(expected);
  });
});

describe("what is needed and not known", () => {
  const setting: DatabaseSetting = { setting: "DB_HOST", key: "host", example: "db1" };

  it("ends in an error that says where it is, and what to write where", async () => {
    const { variables, ...config } = await read("\n$a = getenv('DB');");
    expect(() => knownText({ name: "site", settings: applicationSettings() }, variables.get("a"), setting)).toThrow(
      expect.objectContaining({
        code: "application-unreadable",
        message:
          "/srv/site/config.php, line 3: DB_HOST depends on the environment variable DB, which is not known without running the program",
        hint: "set `applications.site.database.host` in the agent's configuration, such as `db1`",
      }),
    );
    expect(config.path).toBe(path);
  });

  it("does not matter where the agent's configuration has it", async () => {
    const { variables } = await read("$a = getenv('DB');");
    for (const database of [{ host: "db1" }, { socket: "/run/mysqld.sock" }, { container: "db" }]) {
      const settings = applicationSettings({ database });
      expect(knownText({ name: "site", settings }, variables.get("a"), setting)).toBeUndefined();
    }
  });

  it("asks for a path to be written out", async () => {
    const { variables } = await read("$a = '/srv/x//'; $b = DATA . '/x';");
    const request = { name: "site", settings: applicationSettings() };
    expect(knownPath(request, variables.get("a"), "$a")).toBe("/srv/x");
    expect(knownPath(request, variables.get("c"), "$c")).toBeUndefined();
    expect(() => knownPath(request, variables.get("b"), "$b")).toThrow(
      expect.objectContaining({
        message:
          "/srv/site/config.php, line 2: $b depends on the constant DATA, which is not known without running the program",
        hint: "write it out in that file, or set `applications.site.configFile` to a copy of it in which it is",
      }),
    );
  });

  it("names the line that is no PHP", async () => {
    await expect(read("\n\n$a = ;")).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/srv/site/config.php cannot be understood: syntax error, unexpected ';' in line 4",
    });
  });
});
