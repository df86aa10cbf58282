import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, onTestFinished, test } from "vitest";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost, namesIn } from "./restore-host.ts";

function createDatabase(file: string, sql: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function createWordpress(databaseVersion = 57155) {
  const host = createRestoreHost();
  const home = join(host.directory, "blog");
  writeFiles(home, {
    "wp-config.php": "<?php\n$table_prefix = 'b_';\n",
    "wp-includes/version.php": "<?php\n$wp_version = '6.6.2';\n$wp_db_version = 57155;\n",
    "wp-content/db.php": "<?php // SQLite\n",
    "wp-content/uploads/2024/05/a.jpg": "photo",
    "wp-content/uploads/sites/2/logo.png": "logo",
  });
  createDatabase(
    join(home, "wp-content/database/.ht.sqlite"),
    `CREATE TABLE b_options (option_id INTEGER PRIMARY KEY, option_name TEXT, option_value TEXT);
     INSERT INTO b_options (option_name, option_value) VALUES ('siteurl', 'https://blog.example.org'), ('db_version', '${databaseVersion}'), ('upload_path', '');
     CREATE TABLE b_posts (ID INTEGER PRIMARY KEY, post_type TEXT, post_status TEXT);
     INSERT INTO b_posts (post_type, post_status) VALUES ('post', 'publish'), ('post', 'draft'), ('page', 'publish'), ('attachment', 'inherit');
     CREATE TABLE b_users (ID INTEGER PRIMARY KEY); INSERT INTO b_users VALUES (1), (2);
     CREATE TABLE b_usermeta (umeta_id INTEGER PRIMARY KEY);
     CREATE TABLE b_postmeta (meta_id INTEGER PRIMARY KEY, meta_key TEXT, meta_value TEXT);
     INSERT INTO b_postmeta (meta_key, meta_value) VALUES ('_edit_lock', '1'), ('_wp_attached_file', '2024/05/a.jpg');
     CREATE TABLE b_blogs (blog_id INTEGER PRIMARY KEY); INSERT INTO b_blogs VALUES (1), (2);
     CREATE TABLE b_2_options (option_id INTEGER PRIMARY KEY, option_name TEXT, option_value TEXT);
     CREATE TABLE b_2_postmeta (meta_id INTEGER PRIMARY KEY, meta_key TEXT, meta_value TEXT);
     INSERT INTO b_2_postmeta (meta_key, meta_value) VALUES ('_wp_attached_file', 'logo.png')`,
  );
  host.configure(`  wordpress:\n    home: ${home}`);
  return { host, home };
}

test("a drill of WordPress finds posts and the attachments of each site", async () => {
  const { host } = createWordpress();
  const { exitCode, report } = await holdDrill(host, await host.backUp("wordpress"));
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.figures).toEqual([
    { what: "posts", count: 1 },
    { what: "pages", count: 1 },
    { what: "users", count: 2 },
    { what: "attachments", count: 1 },
    { what: "attachments of site 2", count: 1 },
  ]);
});

test("a WordPress with a database of another version and without its uploads has findings", async () => {
  const { host, home } = createWordpress(60000);
  rmSync(join(home, "wp-content/uploads/2024"), { recursive: true });
  const { exitCode, report } = await holdDrill(host, await host.backUp("wordpress"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "the database is of a newer WordPress (60000) than the program files (57155)",
    `1 of 1 attachments have no file in ${join(home, "wp-content/uploads")}: 2024/05/a.jpg`,
  ]);
});

function createMediawiki(change = "") {
  const host = createRestoreHost();
  const home = join(host.directory, "wiki");
  writeFiles(home, {
    "LocalSettings.php": `<?php\n$wgDBtype = 'sqlite';\n$wgDBname = 'my_wiki';\n$wgSQLiteDataDir = '${join(host.directory, "data")}';\n`,
    "includes/Defines.php": "<?php\ndefine( 'MW_VERSION', '1.39.6' );\n",
    // The MD5 of `Übersicht.png` begins with 38, that of `Plan.png` with f7.
    "images/3/38/Übersicht.png": "picture",
    "images/f/f7/Plan.png": "picture",
  });
  createDatabase(
    join(host.directory, "data/my_wiki.sqlite"),
    `CREATE TABLE page (page_id INTEGER PRIMARY KEY, page_title BLOB, page_latest INTEGER);
     INSERT INTO page VALUES (1, 'Hauptseite', 11), (2, 'Über_uns', 12);
     CREATE TABLE revision (rev_id INTEGER PRIMARY KEY, rev_page INTEGER); INSERT INTO revision VALUES (10, 1), (11, 1), (12, 2);
     CREATE TABLE user (user_id INTEGER PRIMARY KEY); INSERT INTO user VALUES (1);
     CREATE TABLE image (img_name BLOB PRIMARY KEY, img_size INTEGER);
     INSERT INTO image VALUES ('Übersicht.png', 7), ('Plan.png', 7); ${change}`,
  );
  host.configure(`  mediawiki:\n    home: ${home}\n    maintenance: {}`);
  return { host, home };
}

test("a drill of MediaWiki finds pages, revisions and uploads, and the wiki can be edited afterwards", async () => {
  const { host, home } = createMediawiki();
  const { exitCode, report } = await holdDrill(host, await host.backUp("mediawiki"));
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.figures).toEqual([
    { what: "pages", count: 2 },
    { what: "revisions", count: 3 },
    { what: "users", count: 1 },
    { what: "uploaded files", count: 2 },
  ]);
  expect(namesIn(join(home, "images"))).toEqual(["3", "f"]);
});

test("a MediaWiki without a revision and without an upload has findings", async () => {
  const { host, home } = createMediawiki("DELETE FROM revision WHERE rev_id = 12");
  rmSync(join(home, "images/3/38"), { recursive: true });
  const { exitCode, report } = await holdDrill(host, await host.backUp("mediawiki"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "1 pages have no current revision: they cannot be shown",
    `1 of 2 uploaded files are not in ${join(home, "images")}: Übersicht.png`,
  ]);
});

test("a MediaWiki in a database of binary text, as its installer makes it, is proven in a server of its own", {
  timeout: 120_000,
}, async () => {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.createUser("keeper", "p", ["ALL PRIVILEGES ON *.*"]);
  await server.execute("CREATE DATABASE wiki CHARACTER SET binary");
  await server.execute(
    `CREATE TABLE mw_page (page_id INT PRIMARY KEY, page_title VARBINARY(255), page_latest INT);
     INSERT INTO mw_page VALUES (1, 'Übersicht', 11);
     CREATE TABLE mw_revision (rev_id INT PRIMARY KEY, rev_page INT); INSERT INTO mw_revision VALUES (11, 1);
     CREATE TABLE mw_image (img_name VARBINARY(255) PRIMARY KEY, img_size INT); INSERT INTO mw_image VALUES ('Übersicht.png', 7)`,
    "wiki",
  );
  const { host, home } = createMediawiki();
  writeFiles(home, {
    "LocalSettings.php": `<?php\n$wgDBserver = '127.0.0.1:${server.port}';\n$wgDBname = 'wiki';\n$wgDBuser = 'keeper';\n$wgDBpassword = 'p';\n$wgDBprefix = 'mw_';\n`,
  });
  const { report } = await holdDrill(host, await host.backUp("mediawiki"));
  expect([report?.proven, report?.findings]).toEqual([true, []]);
  expect(report?.figures).toContainEqual({ what: "uploaded files", count: 1 });
});

function createNextcloud(change = "", keys = "") {
  const host = createRestoreHost();
  const home = join(host.directory, "cloud");
  const data = join(host.directory, "data");
  writeFiles(home, {
    occ: "",
    "version.php": "<?php\n$OC_Version = array(28,0,1,1);\n$OC_VersionString = '28.0.1';\n",
    "config/config.php": `<?php\n$CONFIG = array('instanceid' => 'oc1', 'dbtype' => 'sqlite3', 'datadirectory' => '${data}', 'version' => '28.0.1.1');\n`,
  });
  writeFiles(data, { ".ocdata": "", "anna/files/Plan.odt": "document", "anna/files/Bilder/Über.png": "picture" });
  createDatabase(
    join(data, "owncloud.db"),
    `CREATE TABLE oc_users (uid TEXT PRIMARY KEY); INSERT INTO oc_users VALUES ('anna'), ('ben');
     CREATE TABLE oc_share (id INTEGER PRIMARY KEY); INSERT INTO oc_share VALUES (1);
     CREATE TABLE oc_storages (numeric_id INTEGER PRIMARY KEY, id TEXT);
     INSERT INTO oc_storages VALUES (1, 'home::anna'), (2, 'local::${data}/');
     CREATE TABLE oc_mimetypes (id INTEGER PRIMARY KEY, mimetype TEXT);
     INSERT INTO oc_mimetypes VALUES (1, 'httpd/unix-directory'), (2, 'image/png');
     CREATE TABLE oc_filecache (fileid INTEGER PRIMARY KEY, storage INTEGER, path TEXT, mimetype INTEGER);
     INSERT INTO oc_filecache VALUES (1, 1, 'files', 1), (2, 1, 'files/Plan.odt', 2), (3, 1, 'files/Bilder', 1),
       (4, 1, 'files/Bilder/Über.png', 2), (5, 2, 'appdata_oc1', 1); ${change}`,
  );
  host.configure(`  nextcloud:\n    home: ${home}\n    maintenance: { enabled: false }\n${keys}`);
  return { host, data };
}

test("a drill of Nextcloud finds every user's files", async () => {
  const { host } = createNextcloud();
  const { exitCode, report } = await holdDrill(host, await host.backUp("nextcloud"));
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.figures).toEqual([
    { what: "users", count: 2 },
    { what: "files", count: 3 },
    { what: "shares", count: 1 },
    { what: "users' files", count: 2 },
  ]);
});

test("a Nextcloud with the database of another instance and without a file has findings", async () => {
  const { host, data } = createNextcloud("UPDATE oc_filecache SET path = 'appdata_other' WHERE fileid = 5");
  rmSync(join(data, "anna/files/Bilder/Über.png"));
  const { exitCode, report } = await holdDrill(host, await host.backUp("nextcloud"));
  expect(exitCode).toBe(1);
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "config.php is of the instance oc1, of which the database knows nothing: do they belong together?",
    `1 of 2 users' files are not there: ${join(data, "anna/files/Bilder/Über.png")}`,
  ]);
});

test("a Nextcloud whose config.php is in the archive of its keys is proven without the questions that need it", async () => {
  const { host } = createNextcloud("", "    keys: separate");
  expect((await host.run("nextcloud")).exitCode).toBe(0);
  const directory = join(host.workDirectory, "nextcloud");
  const archive = namesIn(directory).find((name) => name.endsWith(".tar.zst")) ?? "";
  const { exitCode, report } = await holdDrill(host, join(directory, archive));
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.figures.map(({ what }) => what)).toEqual(["users", "files", "shares"]);
});
