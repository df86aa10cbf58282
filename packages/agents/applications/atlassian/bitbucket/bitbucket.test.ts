import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  type BitbucketOptions,
  bitbucketDefaults,
  bitbucketProperties,
  buildBitbucket,
} from "@catapullt/testkit/bitbucket";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../../test/fixture-host.ts";
import type { Host } from "../../host.ts";
import { bitbucket } from "./bitbucket.ts";

const { home, install } = bitbucketDefaults;
const configFile = `${home}/shared/bitbucket.properties`;

function bitbucketHost(options: BitbucketOptions = {}, environment: NodeJS.ProcessEnv = {}): Host {
  const host = fixtureHost(environment);
  buildBitbucket({ root: host.root, ...options });
  return host;
}

function locate(host: Host, keys: object = {}) {
  return bitbucket.locate({ name: "bitbucket", settings: applicationSettings(keys), host });
}

describe("the database of bitbucket", () => {
  it("is read with the escapes of a properties file, blanks at the ends of the password kept", async () => {
    const properties = bitbucketProperties({
      url: "jdbc:mysql://db1:3307/bit?useSSL=false",
      user: "u:ser",
      password: " p#a:s=s\\w! ",
    });
    expect(properties).toContain("jdbc\\:mysql\\://");
    expect((await locate(bitbucketHost({ properties }))).databases[0]).toMatchObject({
      host: "db1",
      port: 3307,
      name: "bit",
      user: "u:ser",
      password: " p#a:s=s\\w! ",
    });
  });

  it("comes from the agent's environment where neither file nor unit names one", async () => {
    const environment = { JDBC_URL: "jdbc:postgresql://db1/b", JDBC_USER: "u", JDBC_PASSWORD: "p" };
    const host = bitbucketHost({ properties: "" }, environment);
    expect((await locate(host)).databases[0]).toMatchObject({ engine: "postgresql", name: "b", password: "p" });
    const named = bitbucketHost({}, environment);
    expect((await locate(named)).databases[0]).toMatchObject({ engine: "mysql", name: "bitbucket" });
  });

  it("is refused where there is none but the built-in one", async () => {
    for (const properties of ["", "setup.displayName=Bitbucket\n"]) {
      await expect(locate(bitbucketHost({ properties }))).rejects.toMatchObject({
        code: "database-unsupported",
        message: `Atlassian Bitbucket or Stash uses its built-in h2 database (no jdbc.url in ${configFile}), whose files cannot be copied while it runs`,
        hint: expect.stringContaining("move Atlassian Bitbucket or Stash to a database server"),
      });
    }
  });

  it.each([
    ["jdbc.password.decrypter.classname=com.atlassian.secrets.store.algorithm.AlgorithmSecretStore\n", "{}"],
    ["", "{ATL_SECURED}"],
  ])("is refused with a remedy where its password cannot be read: %s", async (more, password) => {
    const properties = bitbucketProperties({ url: "jdbc:mysql://db1/b", password, more });
    await expect(locate(bitbucketHost({ properties }))).rejects.toMatchObject({
      code: "password-unavailable",
      hint: expect.stringContaining("applications.bitbucket.database.password: { file: "),
    });
  });

  it("has its vendor's tool beside the program files", async () => {
    const more = "jdbc.password.decrypter.classname=com.atlassian.secrets.store.algorithm.AlgorithmSecretStore\n";
    const properties = bitbucketProperties({ url: "jdbc:mysql://db1/b", password: "{}", more });
    await expect(locate(bitbucketHost({ properties }))).rejects.toMatchObject({
      hint: expect.stringContaining(`cd ${install}/tools/atlassian-password && java`),
    });
  });

  it("is told to be unreadable with a URL of no known form", async () => {
    const properties = bitbucketProperties({ url: "mysql://db1/b" });
    await expect(locate(bitbucketHost({ properties }))).rejects.toMatchObject({
      code: "application-unreadable",
      message: `jdbc.url in ${configFile} is no JDBC URL that is understood here`,
    });
  });
});

describe("bitbucket's maintenance mode", () => {
  it("is missed with a warning, unless the configuration says that nobody wants it", async () => {
    const without = await locate(bitbucketHost());
    expect([without.consistency, without.warnings]).toEqual([
      undefined,
      [expect.stringContaining("set `applications.bitbucket.maintenance` to the user and password")],
    ]);
    const silenced = await locate(bitbucketHost(), { maintenance: { enabled: false } });
    expect([silenced.consistency, silenced.warnings]).toEqual([undefined, []]);
  });

  it.each([
    [{ url: "http://localhost:7990" }, "user"],
    [{ user: "backup" }, "password"],
  ])("wants user and password: %j", async (maintenance, missing) => {
    await expect(locate(bitbucketHost(), { maintenance })).rejects.toMatchObject({
      code: "config-invalid",
      message: `applications.bitbucket.maintenance.${missing} is missing`,
    });
  });

  it.each([
    ["", "http://localhost:7990"],
    ["server.port=7999\nserver.context-path=/git/\n", "http://localhost:7999/git"],
  ])("asks at the address that the properties %j say, and gives the command for it", async (more, url) => {
    const properties = bitbucketProperties({ url: "jdbc:mysql://db1/b", more });
    const { consistency } = await locate(bitbucketHost({ properties }), {
      maintenance: { user: "backup", password: "administrator's" },
    });
    expect(consistency?.byHand('{"lock":"held","unlockToken":"a b"}')).toBe(
      `curl --user backup --request DELETE '${url}/mvc/maintenance/lock?token=a%20b'`,
    );
  });
});

describe("the directories of bitbucket", () => {
  it("leave out what the vendor's scripts leave out, and no key or repository", async () => {
    const { trees } = await locate(bitbucketHost());
    expect(trees[0]?.exclude.map(({ pattern }) => pattern)).toEqual([
      "caches/**",
      "export/**",
      "log/**",
      "plugins/.*/**",
      "tmp/**",
      "data/db.*",
      "search/data/**",
      ".lock",
      "shared/data/db.*",
      "shared/search/data/**",
      "shared/.lock",
    ]);
  });

  it("are refused while a disk with repositories or the shared home is not there", async () => {
    const host = bitbucketHost({ repositories: 0 });
    symlinkSync("/mnt/nowhere", join(host.root, home, "shared/data/repositories"));
    await expect(locate(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: `${home}/shared/data/repositories is a link that leads nowhere`,
    });
    const cluster = bitbucketHost();
    writeFiles(cluster.root, { [`${install}/bin/setenv.sh`]: "BITBUCKET_SHARED_HOME=/mnt/gone\n" });
    await expect(locate(cluster)).rejects.toMatchObject({
      message: "/mnt/gone is no directory (the variable BITBUCKET_SHARED_HOME)",
    });
  });
});

describe("the version of bitbucket", () => {
  it("is that of most libraries, or that in the name of the program files' directory", async () => {
    const named = bitbucketHost({ install: "/opt/atlassian/bitbucket/8.9.4" });
    rmSync(join(named.root, "/opt/atlassian/bitbucket/8.9.4/app/WEB-INF/lib"), { recursive: true });
    expect(await (await locate(named)).captureVersion()).toMatchObject({
      value: "8.9.4",
      sources: [{ source: "name of the program files' directory", value: "8.9.4" }],
    });
    const plain = bitbucketHost();
    expect((await (await locate(plain)).captureVersion()).value).toBe("8.9.4");
    rmSync(join(plain.root, install, "app/WEB-INF/lib"), { recursive: true });
    await expect((await locate(plain)).captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining(`${install}/app/WEB-INF/lib/bitbucket-*-*.jar`),
    });
  });

  it("comes with a warning of further places of repositories that the database knows", async () => {
    const { captureVersion } = await locate(bitbucketHost());
    const query = async (_: unknown, sql: string) =>
      sql.includes("information_schema") ? [["b", "bb_data_store"]] : [["2"]];
    expect((await captureVersion(query)).warnings).toEqual([
      expect.stringContaining("bitbucket has 2 further data stores for repositories"),
    ]);
  });

  it("takes the newest of several installations beside each other", async () => {
    const host = bitbucketHost({ install: "/opt/atlassian/bitbucket/8.10.1", version: "8.10.1" });
    mkdirSync(join(host.root, "/opt/atlassian/bitbucket/8.9.4/app/WEB-INF"), { recursive: true });
    expect(await locate(host)).toMatchObject({ install: "/opt/atlassian/bitbucket/8.10.1" });
  });
});
