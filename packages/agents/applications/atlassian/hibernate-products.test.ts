import { confluenceConfig, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import type { Host } from "../host.ts";
import { bamboo } from "./bamboo/bamboo.ts";
import { crowd } from "./crowd/crowd.ts";

const products = [
  { type: bamboo, home: "/srv/bamboo", file: "bamboo.cfg.xml" },
  { type: crowd, home: "/srv/crowd", file: "shared/crowd.cfg.xml" },
];

function locate({ type, home }: (typeof products)[number], host: Host, keys: object = {}) {
  return type.locate({ name: type.name, settings: applicationSettings({ home, ...keys }), host });
}

describe.each(products)("$type.title", (product) => {
  const { type, home, file } = product;

  function host(properties: Record<string, string>, files: Record<string, string> = {}): Host {
    const created = fixtureHost();
    writeFiles(created.root, { [`${home}/${file}`]: confluenceConfig(properties, 100), ...files });
    return created;
  }

  it.each([
    ["jdbc:h2:/srv/data/h2db", "database-unsupported", "built-in h2 database"],
    ["jdbc:hsqldb:/srv/data/defaultdb", "database-unsupported", "built-in hsqldb database"],
    ["jdbc:db2://db1/x", "application-unreadable", "is no JDBC URL that is understood here"],
    ["", "application-unreadable", "names no database"],
  ])("refuses the database %s with a remedy", async (url, code, message) => {
    await expect(locate(product, host(confluenceDatabaseProperties({ url })))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  it("refuses a password that only the product can read, and takes it from the agent's configuration", async () => {
    const secured = confluenceDatabaseProperties({ url: "jdbc:mysql://db1/x", password: "{ATL_SECURED}" });
    await expect(locate(product, host(secured))).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining(`applications.${type.name}.database.password: { file: `),
    });
    const located = await locate(product, host(secured), { database: { password: "given" } });
    expect(located.databases[0]).toMatchObject({ password: "given" });
  });

  it("is told by the build number of its home where there are no program files", async () => {
    const located = await locate(product, host(confluenceDatabaseProperties({ url: "jdbc:mysql://db1/x" })));
    expect(await located.captureVersion()).toMatchObject({
      value: "100",
      sources: [{ source: "home build number", value: "100" }],
    });
  });

  it("is not found where there is no home, with every place that was looked at", async () => {
    await expect(
      type.locate({ name: type.name, settings: applicationSettings(), host: fixtureHost() }),
    ).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining(
        `/var/atlassian/application-data/${type.name} (the vendor's default): does not exist`,
      ),
      hint: expect.stringContaining(`applications.${type.name}.home`),
    });
  });
});

describe("Bamboo's directories", () => {
  it.each([
    [{ "bamboo.project.directory": "/mnt/gone" }, "/mnt/gone is no directory (bamboo.project.directory in"],
    [{ "bamboo.shared.home": "/mnt/gone" }, "/mnt/gone is no directory (bamboo.shared.home in"],
  ])("are refused while a disk is not there: %j", async (properties, message) => {
    const host = fixtureHost();
    const database = confluenceDatabaseProperties({ url: "jdbc:mysql://db1/x" });
    writeFiles(host.root, { "/srv/bamboo/bamboo.cfg.xml": confluenceConfig({ ...database, ...properties }, 100) });
    const settings = applicationSettings({ home: "/srv/bamboo" });
    await expect(bamboo.locate({ name: "bamboo", settings, host })).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringContaining(message),
    });
  });
});
