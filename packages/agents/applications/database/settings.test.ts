import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import { type FoundDatabase, resolveDatabase } from "./settings.ts";

const found: FoundDatabase = {
  kind: "mysql",
  name: "wiki",
  host: "db",
  port: 3307,
  user: "wiki",
  tls: { mode: "required" },
  hostProblem: "the host is a list of two",
  source: "/srv/wiki/config",
};

function pathWith(...names: string[]): string {
  const directory = temporaryDirectory("bin");
  for (const name of names) {
    writeFileSync(join(directory, name), "#!/bin/sh\n");
    chmodSync(join(directory, name), 0o755);
  }
  return directory;
}

function resolve(given: object, PATH = "", database: FoundDatabase = found) {
  const request = { application: "wiki", title: "Wiki", given: { skip: [], ...given }, environment: { PATH } };
  return resolveDatabase(async () => database, request);
}

describe("the database of an application in a container", () => {
  test("is reached as seen from inside, whatever the application itself connects to", async () => {
    expect(await resolve({ container: "wiki-db-1" })).toMatchObject({
      name: "wiki",
      user: "wiki",
      host: undefined,
      port: undefined,
      socket: undefined,
      tls: undefined,
      container: { name: "wiki-db-1", runtime: "docker" },
    });
    expect(await resolve({ container: "db", host: "127.0.0.1", port: 3306 })).toMatchObject({
      host: "127.0.0.1",
      port: 3306,
    });
  });

  test.each([
    [["docker", "podman"], {}, "docker"],
    [["podman"], {}, "podman"],
    [[], {}, "docker"],
    [["docker"], { containerRuntime: "podman" }, "podman"],
  ])("is entered where %j are installed and %j is configured by %s", async (names, given, runtime) => {
    expect((await resolve({ container: "db", ...given }, pathWith(...names))).container?.runtime).toBe(runtime);
  });

  test("is none where the application has a SQLite file", async () => {
    await expect(resolve({ container: "db" }, "", { ...found, kind: "sqlite", file: "/f" })).rejects.toMatchObject({
      code: "database-unsupported",
      hint: expect.stringContaining("applications.wiki.database.container"),
    });
  });
});
