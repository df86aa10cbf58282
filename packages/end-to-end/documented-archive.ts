import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { expect, onTestFinished } from "vitest";
import { path } from "./lost-host.ts";

/** The archive of which the how-tos speak, and where it lies on the backup host. */
export const documentedArchive = "confluence_20261123T020000Z.tar.zst";
export const documentedVault = "srv/backups/wiki01/confluence";

/** Sets up a Confluence at its vendor's default paths, backs it up, and puts the archive where the how-tos have it. Returns its database server. */
export async function makeDocumentedArchive(host: PrivateHost): Promise<ThrowawayMariadb> {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.createUser("confluence", "S3cret&more", ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "confluence");
  const url = `jdbc:mysql://127.0.0.1:${server.port}/confluence`;
  buildConfluence({
    root: host.root,
    properties: confluenceDatabaseProperties({ url, user: "confluence", password: "S3cret&more" }),
  });
  mkdirSync(join(host.root, "etc/backup-tools"), { recursive: true });
  writeFileSync(join(host.root, "etc/backup-tools/notify.yaml"), "transports: []\n");
  mkdirSync(join(host.root, "var/backups/backup-tools"), { recursive: true });
  mkdirSync(join(host.root, documentedVault), { recursive: true });
  const environment = { PATH: path };
  const backup = await host.run(["backup-agent", "confluence"], { environment });
  expect(backup).toMatchObject({ exitCode: 0 });
  const made = join(host.root, backup.stdout.trim());
  await host.run(["cp", backup.stdout.trim(), `/${documentedVault}/${documentedArchive}`], { environment });
  const sum = readFileSync(`${made}.sha1`, "utf8").slice(0, 40);
  writeFileSync(join(host.root, documentedVault, `${documentedArchive}.sha1`), `${sum}  ${documentedArchive}\n`);
  return server;
}
