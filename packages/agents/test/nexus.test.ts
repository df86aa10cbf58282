import { rmSync } from "node:fs";
import { join } from "node:path";
import { startPostgresql, type ThrowawayPostgresql } from "@catapullt/testkit/postgresql";
import { writeFiles } from "@catapullt/testkit/write-files";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost } from "./restore-host.ts";

let server: ThrowawayPostgresql;

beforeAll(async () => {
  server = await startPostgresql({ tcp: true });
  await server.createUser("nexus", "s3cret: w");
  await server.createDatabase("nexus", "OWNER nexus");
  await server.execute(
    `SET ROLE nexus;
    CREATE TABLE blob_store_configuration (id varchar PRIMARY KEY, name varchar, type varchar, attributes jsonb);
    INSERT INTO blob_store_configuration VALUES
      ('1', 'default', 'File', '{"file": {"path": "default"}}'),
      ('2', 'docker', 'File', '{"file": {"path": "/mnt/docker"}}'),
      ('3', 'remote', 'S3', '{"s3": {"bucket": "b"}}');
    CREATE TABLE repository (id varchar PRIMARY KEY, name varchar);
    INSERT INTO repository VALUES ('1', 'maven-releases'), ('2', 'npm');
    CREATE TABLE security_user (id varchar PRIMARY KEY);
    INSERT INTO security_user VALUES ('admin')`,
    "nexus",
  );
});

afterAll(() => server?.stop());

function createNexus() {
  const host = createRestoreHost();
  const [home, install] = [join(host.directory, "nexus3"), join(host.directory, "nexus-3.76.1-01")];
  writeFiles(install, { "bin/nexus.vmoptions": "-Dkaraf.data=../nexus3\n" });
  writeFiles(home, {
    "blobs/default/content/vol-01/1.bytes": "blob",
    "etc/fabric/nexus-store.properties": `jdbcUrl=jdbc\\:postgresql\\://127.0.0.1\\:${server.port}/nexus\nusername=nexus\npassword=s3cret\\: w\n`,
    "keystores/node/private.ks": "key",
  });
  host.configure(`  nexus: ${JSON.stringify({ install })}`);
  return { host, home };
}

test("a Nexus on PostgreSQL is backed up, says which blob stores are not, and a drill misses their content", async () => {
  const { host, home } = createNexus();
  const { exitCode, stdout, stderr } = await host.run("nexus");
  expect(exitCode).toBe(0);
  expect(stderr).toContain("the blob store docker is in /mnt/docker, which is not saved: add it to");
  expect(stderr).toContain("the blob store remote is kept in S3: its content is not part of this backup");
  expect(stderr).not.toContain("s3cret");

  const { report } = await holdDrill(host, stdout.trim());
  expect(report?.figures).toEqual([
    { what: "repositories", count: 2 },
    { what: "users", count: 1 },
    { what: "blob stores", count: 3 },
  ]);
  expect(report?.findings).toEqual([
    { subject: "nexus", message: "1 of 3 blob stores have no content: docker (/mnt/docker)" },
  ]);
  rmSync(home, { recursive: true });
});
