import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { keycloak } from "../keycloak/keycloak.ts";

const conf = (name: string) => `db=postgres\ndb-url-database=${name}\n`;

async function locate(name: string, keys: object) {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/etc/systemd/system/keycloak.service":
      "[Service]\nEnvironment=KC_DB_URL_HOST=unit\nExecStart=/opt/keycloak/bin/kc.sh start\n",
    "/opt/keycloak/bin/kc.sh": "",
    "/opt/keycloak/version.txt": "Keycloak - Version 26.0.7\n",
    "/opt/keycloak/conf/keycloak.conf": conf("one"),
    "/srv/sso/bin/kc.sh": "",
    "/srv/sso/version.txt": "Keycloak - Version 23.0.4\n",
    "/srv/sso/conf/keycloak.conf": conf("two"),
    "/srv/volumes/conf/keycloak.conf": conf("three"),
  });
  const located = await keycloak.locate({ name, settings: applicationSettings({ type: "keycloak", ...keys }), host });
  const version = await located.captureVersion().catch((error: Error) => error);
  const { name: database, host: server } = located.databases[0] ?? {};
  return { install: located.install, database, server, version };
}

describe("a product whose home is its program files", () => {
  it("has the unit that starts it", async () => {
    expect(await locate("keycloak", {})).toMatchObject({
      install: "/opt/keycloak",
      database: "one",
      server: "unit",
      version: { value: "26.0.7" },
    });
  });

  it("is found as a whole by its home, without the unit of another instance", async () => {
    expect(await locate("sso", { home: "/srv/sso" })).toMatchObject({
      install: "/srv/sso",
      database: "two",
      server: "localhost",
      version: { value: "23.0.4" },
    });
  });

  it("takes no version and no unit of another instance for the volumes of a container", async () => {
    expect(await locate("sso", { home: "/srv/volumes" })).toMatchObject({
      install: undefined,
      database: "three",
      server: "localhost",
      version: { code: "version-unreadable", message: expect.stringContaining("are another instance's") },
    });
  });
});
