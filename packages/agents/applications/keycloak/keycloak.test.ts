import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import type { RestoredData } from "../sanity/sanity.ts";
import { keycloak } from "./keycloak.ts";

interface Setup {
  conf?: string;
  keys?: object;
  files?: Record<string, string>;
}

function locate({ conf, keys = {}, files = {} }: Setup) {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/opt/keycloak/bin/kc.sh": "",
    "/opt/keycloak/conf/README.md": "",
    ...(conf === undefined ? {} : { "/opt/keycloak/conf/keycloak.conf": conf }),
    ...files,
  });
  return keycloak.locate({ name: "keycloak", settings: applicationSettings(keys), host });
}

const postgres = "db=postgres\ndb-username=keycloak\n";

describe("the database of Keycloak", () => {
  it.each(["#db=postgres\n", "db=dev-file\n", "db=dev-mem\n", "db-url=jdbc:h2:file:/srv/h2/keycloakdb\n"])(
    "is refused where it is the built-in one: %j",
    async (conf) => {
      await expect(locate({ conf })).rejects.toMatchObject({
        code: "database-unsupported",
        message: expect.stringContaining("Keycloak uses its built-in h2 database"),
        hint: expect.stringContaining("move Keycloak to a database server"),
      });
    },
  );

  it.each(["db=mssql\n", "db=oracle\n"])("is refused with the way through hooks: %j", async (conf) => {
    await expect(locate({ conf })).rejects.toMatchObject({
      code: "database-unsupported",
      hint: expect.stringContaining("hooks.before"),
    });
  });

  it("has the vendor's defaults where only its kind is named", async () => {
    const { databases } = await locate({ conf: postgres });
    expect(databases).toEqual([
      expect.objectContaining({ engine: "postgresql", name: "keycloak", host: "localhost", user: "keycloak" }),
    ]);
  });

  it("is not taken for the built-in one where its kind was given at the build, or nothing is known", async () => {
    await expect(locate({ conf: "db-url-host=db1\n" })).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("it was given when Keycloak was built"),
      hint: expect.stringContaining("`applications.keycloak.database`"),
    });
    await expect(locate({})).rejects.toMatchObject({
      message: expect.stringContaining("/opt/keycloak/conf/keycloak.conf does not exist"),
    });
  });

  it("is refused with a remedy where its password may be in the keystore, and can be given", async () => {
    const conf = `${postgres}config-keystore=/opt/keycloak/conf/secrets.p12\n`;
    await expect(locate({ conf })).rejects.toMatchObject({
      code: "password-unavailable",
      message: expect.stringContaining("it may be in the keystore /opt/keycloak/conf/secrets.p12"),
      hint: expect.stringContaining("applications.keycloak.database.password: { file: "),
    });
    const { databases } = await locate({ conf, keys: { database: { password: "given" } } });
    expect(databases[0]?.password).toBe("given");
  });

  it("names what is not known of a placeholder", async () => {
    await expect(locate({ conf: `${postgres}db-password=\${DB_PASSWORD}\n` })).rejects.toMatchObject({
      code: "password-unavailable",
      message: expect.stringContaining("db-password (/opt/keycloak/conf/keycloak.conf) refers to DB_PASSWORD"),
    });
    await expect(locate({ conf: `${postgres}db-url-host=\${DB_HOST}\n` })).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("refers to DB_HOST, whose value is not known here"),
    });
  });

  it("is told to be unreadable where an option refers to itself", async () => {
    await expect(locate({ conf: `${postgres}db-url-host=\${kc.db-url-host}\n` })).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("refers to kc.db-url-host"),
    });
  });

  it("comes from a configuration that the unit names", async () => {
    const files = {
      "/etc/systemd/system/keycloak.service":
        "[Service]\nExecStart=/opt/keycloak/bin/kc.sh --config-file=/etc/keycloak/sso.conf start\n",
      "/etc/keycloak/sso.conf": "db=mysql\ndb-url-database=sso\n",
    };
    const { databases, trees } = await locate({ conf: postgres, files });
    expect(databases[0]).toMatchObject({ engine: "mysql", name: "sso" });
    expect(trees.map(({ label, include }) => [label, include])).toContainEqual(["configuration", ["sso.conf"]]);
  });
});

describe("a Keycloak on WildFly", () => {
  const source = (security: string) => ({
    "/opt/keycloak/standalone/configuration/standalone.xml": `<server><datasource jndi-name="java:jboss/datasources/KeycloakDS"><connection-url>jdbc:postgresql://db1/keycloak</connection-url>${security}</datasource></server>`,
  });

  it("has its password in an attribute in newer releases", async () => {
    const { databases } = await locate({ files: source('<security user-name="keycloak" password="p"/>') });
    expect(databases).toEqual([expect.objectContaining({ name: "keycloak", user: "keycloak", password: "p" })]);
  });

  it.each([
    '<security user-name="keycloak"><credential-reference store="s" alias="a"/></security>',
    "<security><user-name>keycloak</user-name><password>$".concat("{VAULT::ds::password::1}</password></security>"),
  ])("is refused with a remedy where its password is elsewhere: %j", async (security) => {
    await expect(locate({ files: source(security) })).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining("applications.keycloak.database.password: { file: "),
    });
  });

  it("is refused with a remedy without its data source", async () => {
    const files = { "/opt/keycloak/standalone/configuration/standalone.xml": "<server/>" };
    await expect(locate({ files })).rejects.toMatchObject({
      code: "application-unreadable",
      message: "/opt/keycloak/standalone/configuration/standalone.xml has no data source KeycloakDS",
      hint: expect.stringContaining("`applications.keycloak.database`"),
    });
  });
});

it("the version of a Keycloak in a container is the one that last used its database", async () => {
  const located = await locate({ conf: postgres });
  const query = async (_: object, sql: string) =>
    sql.includes("information_schema") ? [["public", "migration_model"]] : [["26.0.7"]];
  expect((await located.captureVersion(query)).value).toBe("26.0.7");
  await expect(located.captureVersion()).rejects.toMatchObject({ code: "version-unreadable" });
});

describe("a drill of Keycloak", () => {
  const check = keycloak.sanityChecks.find(({ title }) => title === "every theme of a realm is there");

  async function ask(themes: (string | null)[], files: Record<string, string>) {
    const host = fixtureHost();
    writeFiles(host.root, files);
    const data = {
      databases: [{ table: (name: string) => name, query: async () => [themes] }],
      files: { host, root: (label: string) => `/opt/keycloak/${label}` },
    };
    return (await check?.ask(data as unknown as RestoredData))?.findings;
  }

  it("finds a theme that is neither there nor Keycloak's own", async () => {
    const files = { "/opt/keycloak/themes/company/theme.properties": "" };
    expect(await ask(["company", "keycloak.v2", null, ""], files)).toEqual([]);
    expect(await ask(["company", "other", null, null], files)).toEqual([
      "1 of 2 themes that realms use are not there: other",
    ]);
    expect(await ask(["other"], { ...files, "/opt/keycloak/providers/themes.jar": "" })).toEqual([]);
  });
});
