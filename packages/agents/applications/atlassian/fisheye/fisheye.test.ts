import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../../test/fixture-host.ts";
import { fisheye } from "./fisheye.ts";

function locate(database: string, keys: object = {}) {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/opt/fecru-4.8.12/fisheyeboot.jar": "",
    "/srv/fisheye/config.xml": `<config>${database}</config>`,
  });
  return fisheye.locate({ name: "fisheye", settings: applicationSettings({ home: "/srv/fisheye", ...keys }), host });
}

const connection = (attributes: string) => `<database type="mysql"><connection ${attributes}/></database>`;

describe("the database of fisheye", () => {
  it.each(["", '<database type="built-in"/>'])("is refused where it is the built-in one: %j", async (database) => {
    await expect(locate(database)).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringContaining("built-in hsqldb database (no other database in /srv/fisheye/config.xml)"),
      hint: expect.stringContaining("move Atlassian Fisheye or Crucible to a database server"),
    });
  });

  it("is told to be unreadable without a URL, and can be given", async () => {
    await expect(locate(connection('username="u"'))).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/srv/fisheye/config.xml has no JDBC URL that is understood here",
    });
    const database = { engine: "mysql", name: "f", user: "u", password: "p" };
    expect((await locate("", { database })).databases).toEqual([expect.objectContaining({ name: "f" })]);
  });

  it("is refused with a remedy where its password is in the secret storage", async () => {
    const secured = connection('jdbcurl="jdbc:mysql://db1/f" username="u" password="{ATL_SECURED}"');
    await expect(locate(secured)).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining("applications.fisheye.database.password: { file: "),
    });
  });
});

it("a fisheye whose program files tell no version wants it from the agent's configuration", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/opt/atlassian/fisheye/fisheyeboot.jar": "",
    "/opt/atlassian/fisheye/config.xml": `<config>${connection('jdbcurl="jdbc:mysql://db1/f"')}</config>`,
  });
  const located = await fisheye.locate({ name: "fisheye", settings: applicationSettings(), host });
  expect(located.home).toBe("/opt/atlassian/fisheye");
  await expect(located.captureVersion()).rejects.toMatchObject({
    code: "version-unreadable",
    hint: expect.stringContaining("applications.fisheye.version"),
  });
});
