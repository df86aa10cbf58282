import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, it } from "vitest";
import { agentConfigSchema } from "../config/schema.ts";
import { fixtureHost } from "../test/fixture-host.ts";
import { collectOverview } from "./collect.ts";
import { renderOverview } from "./render.ts";

it("a web server's host with several applications shows each, and what stands in the way", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/etc/apache2/sites-enabled/all.conf":
      "DocumentRoot /var/www/blog\nAlias /wiki /var/lib/mediawiki\nAlias /cloud /var/www/nextcloud\n",
    "/var/www/blog/wp-includes/version.php": "<?php $wp_version = '6.6.2';",
    "/var/www/blog/wp-config.php":
      "<?php define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'p'); define('DB_HOST', 'db1');",
    "/var/www/shop/wp-includes/version.php": "<?php $wp_version = '6.5';",
    "/var/lib/mediawiki/includes/Defines.php": "<?php\ndefine( 'MW_VERSION', '1.39.6' );",
    "/var/lib/mediawiki/LocalSettings.php":
      "<?php $wgDBtype = 'postgres'; $wgDBname = 'wiki';\n$wgDBpassword = getenv('WIKI_PASSWORD');",
    "/var/www/nextcloud/occ": "",
    "/var/www/nextcloud/version.php": "<?php $OC_VersionString = '28.0.1'; $OC_Version = [28,0,1,1];",
    "/var/www/nextcloud/config/config.php":
      "<?php $CONFIG = ['dbtype' => 'mysql', 'dbname' => 'nc', 'dbhost' => 'db3:3307', 'dbuser' => 'nc', 'version' => '28.0.1.1'];",
    "/var/www/nextcloud/data/.ocdata": "",
  });
  const names = ["mediawiki", "nextcloud", "wordpress"];
  const text = renderOverview(await collectOverview(agentConfigSchema.parse({}), host, names));
  const lines = text.split("\n");
  expect(lines.slice(0, 4).map((line) => line.split(/ {2,}/))).toEqual([
    ["APPLICATION", "TYPE", "FOUND", "VERSION", "DATABASE"],
    ["mediawiki", "mediawiki", "see below", "-", "-"],
    ["nextcloud", "nextcloud", "/var/www/nextcloud", "28.0.1", "mysql db3:3307/nc as nc"],
    ["wordpress", "wordpress", "/var/www/blog", "6.6.2", "mysql db1/wp as wp"],
  ]);
  expect(text).toContain(
    "mediawiki: /var/lib/mediawiki/LocalSettings.php, line 2: $wgDBpassword depends on the environment variable WIKI_PASSWORD",
  );
  expect(text).toContain("  set `applications.mediawiki.database.password` in the agent's configuration");
  expect(text).toContain("nextcloud: warning: nextcloud is saved while it is in use");
  expect(text).toContain("wordpress: warning: there is another WordPress in /var/www/shop");
});
