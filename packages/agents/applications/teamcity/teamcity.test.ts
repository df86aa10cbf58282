import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { teamcity } from "./teamcity.ts";

const url = "connectionUrl=jdbc:postgresql://db1/teamcity\n";

function locate(properties: string | undefined, keys: object = {}, files: Record<string, string> = {}) {
  const host = fixtureHost({ PATH: "/usr/bin" });
  writeFiles(host.root, {
    "/srv/data/config/main-config.xml": "<server/>",
    "/opt/teamcity/webapps/ROOT/WEB-INF/lib/common-api.jar": "",
    ...(properties === undefined ? {} : { "/srv/data/config/database.properties": properties }),
    ...files,
  });
  const unzip = join(host.root, "/usr/bin/unzip");
  if (files["/usr/bin/unzip"] !== undefined) chmodSync(unzip, 0o755);
  return teamcity.locate({ name: "teamcity", settings: applicationSettings({ home: "/srv/data", ...keys }), host });
}

describe("the database of TeamCity", () => {
  it.each([undefined, "maxConnections=50\n", "connectionUrl=jdbc:hsqldb:file:/srv/data/system/buildserver\n"])(
    "is refused where it is the built-in one: %j",
    async (properties) => {
      await expect(locate(properties)).rejects.toMatchObject({
        code: "database-unsupported",
        message: expect.stringContaining("TeamCity uses its built-in hsqldb database"),
        hint: expect.stringContaining("move TeamCity to a database server"),
      });
    },
  );

  it("is refused with a remedy where its password is scrambled, and can be given", async () => {
    const properties = `${url}connectionProperties.password=zxxfab4cd0e12fa5b4c775d03cbe80d301b\n`;
    await expect(locate(properties)).rejects.toMatchObject({
      code: "password-unavailable",
      message: "the database password is scrambled (/srv/data/config/database.properties)",
      hint: expect.stringContaining("applications.teamcity.database.password: { file: "),
    });
    const { databases } = await locate(properties, { database: { password: "given" } });
    expect(databases[0]?.password).toBe("given");
  });

  it("keeps a password that only begins like a scrambled one", async () => {
    const { databases } = await locate(`${url}connectionProperties.password=zxxtop\n`);
    expect(databases[0]?.password).toBe("zxxtop");
  });

  it("is told to be unreadable where its URL is none", async () => {
    await expect(locate("connectionUrl=db1/teamcity\n")).rejects.toMatchObject({
      code: "application-unreadable",
      hint: expect.stringContaining("`applications.teamcity.database`"),
    });
  });
});

describe("the version of TeamCity", () => {
  it("is read from its library by unzip", async () => {
    const answer = '<entry key="Build_Number">147412</entry><entry key="Display_Version">2023.11.1</entry>';
    const unzip = `#!/bin/sh\n[ "$1 $3" = "-p serverVersion.properties.xml" ] && [ -f "$2" ] && echo '${answer}'\n`;
    const located = await locate(url, {}, { "/usr/bin/unzip": unzip, "/opt/teamcity/BUILD_147412": "" });
    expect((await located.captureVersion()).sources).toEqual([
      { source: "program files", value: "2023.11.1" },
      { source: "build number", value: "build 147412" },
    ]);
  });

  it("is wanted from the agent's configuration where nothing tells it", async () => {
    const located = await locate(url);
    await expect(located.captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining("/opt/teamcity/BUILD_*"),
    });
  });
});

it("artifacts behind a link that leads nowhere stop the backup", async () => {
  const host = fixtureHost();
  writeFiles(host.root, { "/srv/data/config/database.properties": url });
  mkdirSync(join(host.root, "/srv/data/system"));
  symlinkSync("/mnt/artifacts", join(host.root, "/srv/data/system/artifacts"));
  const request = { name: "teamcity", settings: applicationSettings({ home: "/srv/data" }), host };
  await expect(teamcity.locate(request)).rejects.toMatchObject({
    message: "/srv/data/system/artifacts is a link that leads nowhere",
  });
});
