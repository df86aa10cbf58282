import { silentLogger } from "@catapullt/core/log/logger";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Query } from "../applications/type.ts";
import { databaseEngine } from "../databases/registry.ts";
import { confluenceHost, locateConfluence } from "./confluence-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb();
  await server.execute("CREATE DATABASE wiki CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE DATABASE other");
  await server.execute(confluenceDatabaseSql({ pages: 3 }), "wiki");
  await server.createUser("confluence", "s3cr&t<x", ["ALL PRIVILEGES ON *.*"]);
});

afterAll(() => server?.stop());

const query: Query = (database, sql) =>
  databaseEngine(database.engine).query(database, sql, {
    environment: process.env,
    signal: new AbortController().signal,
    log: silentLogger(),
    warn: () => {},
  });

it("reads build and version from a real database, with the password of confluence.cfg.xml", async () => {
  const host = confluenceHost({ version: "8.5.4", buildNumber: 9012 });
  const located = await locateConfluence(host, { database: { socket: server.socket, name: "wiki" } });
  expect(await located.captureVersion(query)).toEqual({
    value: "8.5.4",
    sources: [
      { source: "program files", value: "8.5.4" },
      { source: "database version tag", value: "8.5.4" },
      { source: "database build number", value: "9012" },
      { source: "home build number", value: "9012" },
    ],
    warnings: [],
  });
});

it("warns of a database without Confluence's tables", async () => {
  const located = await locateConfluence(confluenceHost(), { database: { socket: server.socket, name: "other" } });
  expect((await located.captureVersion(query)).warnings).toEqual([expect.stringContaining("no table CONFVERSION")]);
});
