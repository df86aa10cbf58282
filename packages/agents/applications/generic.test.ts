import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../test/fixture-host.ts";
import { generic } from "./generic.ts";

describe("generic", () => {
  it("takes version, databases and paths from the configuration alone", async () => {
    const host = fixtureHost({ INTRANET_PASSWORD: "pw-of-the-intranet" });
    writeFiles(host.root, {
      "/srv/intranet/package.json": '{"version":"2.7.1"}',
      "/srv/intranet/uploads/a.png": "a",
      "/mnt/uploads/b.png": "b",
      "/etc/intranet.conf": "c",
      "/srv/intranet/uploads/search.db": "SQLite",
    });
    const settings = applicationSettings({
      version: { file: "/srv/intranet/package.json", json: "version" },
      databases: [
        { engine: "mysql", name: "intranet", user: "backup", password: { env: "INTRANET_PASSWORD" }, skip: ["events"] },
        { engine: "sqlite", file: "/srv/intranet/uploads/search.db" },
      ],
      paths: ["/srv/intranet/uploads", "/mnt/uploads", "/etc/intranet.conf"],
      files: { exclude: ["**/*.tmp"] },
    });
    const located = await generic.locate({ name: "intranet", settings, host });
    expect(located.databases).toMatchObject([
      { engine: "mysql", name: "intranet", user: "backup", password: "pw-of-the-intranet", skip: ["events"] },
      { engine: "sqlite", name: "search", file: join(host.root, "/srv/intranet/uploads/search.db"), skip: [] },
    ]);
    expect(located.trees.map(({ label, root }) => [label, root])).toEqual([
      ["uploads", join(host.root, "/srv/intranet/uploads")],
      ["uploads-2", join(host.root, "/mnt/uploads")],
      ["intranet.conf", join(host.root, "/etc/intranet.conf")],
    ]);
    expect(located.trees[0]?.exclude.map(({ pattern }) => pattern)).toEqual([
      "search.db",
      "search.db-wal",
      "search.db-shm",
      "search.db-journal",
      "**/*.tmp",
    ]);
    expect(await located.captureVersion()).toEqual({
      value: "2.7.1",
      sources: [{ source: "configuration", value: "2.7.1" }],
      warnings: [],
    });
  });

  it("names a path that is missing", async () => {
    const host = fixtureHost();
    const settings = applicationSettings({ version: { value: "1" }, paths: ["/srv/missing"] });
    await expect(generic.locate({ name: "intranet", settings, host })).rejects.toMatchObject({
      code: "application-not-found",
      message: "/srv/missing does not exist",
      hint: expect.stringContaining("applications.intranet.paths"),
    });
  });

  it("refuses to make an archive of nothing", async () => {
    const settings = applicationSettings({ version: { value: "1" }, databases: [] });
    await expect(generic.locate({ name: "intranet", settings, host: fixtureHost() })).rejects.toMatchObject({
      code: "config-invalid",
    });
  });

  it("says where a version could not be read", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/srv/a": "" });
    const settings = applicationSettings({ version: { file: "/srv/none" }, paths: ["/srv/a"] });
    const located = await generic.locate({ name: "intranet", settings, host });
    await expect(located.captureVersion()).rejects.toMatchObject({ code: "version-unreadable" });
  });
});
