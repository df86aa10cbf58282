import { createHash } from "node:crypto";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import type { RestoredData } from "../sanity/sanity.ts";
import { sonarqube } from "./sonarqube.ts";

const url = "sonar.jdbc.url=jdbc:postgresql://db1/sonar\n";

interface Setup {
  properties?: string;
  keys?: object;
  files?: Record<string, string>;
  environment?: NodeJS.ProcessEnv;
}

function locate({ properties, keys = {}, files = {}, environment = {} }: Setup) {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    "/opt/sonarqube/extensions/README": "",
    "/opt/sonarqube/web/index.html": "",
    ...(properties === undefined ? {} : { "/opt/sonarqube/conf/sonar.properties": properties }),
    ...files,
  });
  return sonarqube.locate({ name: "sonarqube", settings: applicationSettings(keys), host });
}

describe("the database of SonarQube", () => {
  it.each([
    "#sonar.jdbc.url=jdbc:postgresql://localhost/sonar\n",
    "sonar.jdbc.url=jdbc:h2:tcp://localhost:9092/sonar\n",
  ])("is refused where it is the embedded one: %j", async (properties) => {
    await expect(locate({ properties })).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringContaining("SonarQube uses its built-in h2 database"),
      hint: expect.stringContaining("move SonarQube to a database server"),
    });
  });

  it.each(["jdbc:sqlserver://db1:1433;databaseName=sonar", "jdbc:oracle:thin:@db1:1521/XE"])(
    "is refused with the way through hooks where its server is not known here: %j",
    async (value) => {
      await expect(locate({ properties: `sonar.jdbc.url=${value}\n` })).rejects.toMatchObject({
        code: "database-unsupported",
        hint: expect.stringContaining("hooks.before"),
      });
    },
  );

  it.each(["{aes-gcm}n0nsense", "{aes}CCGCFg4Xpm6r+PiJb1Swfg=="])(
    "is refused with a remedy where its password is encrypted: %j",
    async (value) => {
      await expect(locate({ properties: `${url}sonar.jdbc.password=${value}\n` })).rejects.toMatchObject({
        code: "password-unavailable",
        message: expect.stringContaining(
          "sonar.jdbc.password (/opt/sonarqube/conf/sonar.properties) is encrypted ({aes",
        ),
        hint: expect.stringContaining(
          "applications.sonarqube.database.password: { file: /etc/backup-tools/sonarqube.password }",
        ),
      });
    },
  );

  it("takes the password of the agent's configuration where the one in the file is encrypted", async () => {
    const properties = `${url}sonar.jdbc.username=sonar\nsonar.jdbc.password={aes-gcm}n0nsense\n`;
    const { databases } = await locate({ properties, keys: { database: { password: "given" } } });
    expect(databases).toEqual([expect.objectContaining({ name: "sonar", user: "sonar", password: "given" })]);
  });

  it("is told to be unreadable where its URL is encrypted, or is none", async () => {
    await expect(locate({ properties: "sonar.jdbc.url={aes-gcm}AAAA\n" })).rejects.toMatchObject({
      code: "application-unreadable",
      hint: expect.stringContaining("`applications.sonarqube.database`"),
    });
    await expect(locate({ properties: "sonar.jdbc.url=postgres://db1/sonar\n" })).rejects.toMatchObject({
      message: "sonar.jdbc.url (/opt/sonarqube/conf/sonar.properties) is no JDBC URL that is understood here",
    });
  });

  it("names a variable that is not known", async () => {
    const properties = `${url}sonar.jdbc.password=\${env:DB_PASSWORD}\n`;
    await expect(locate({ properties })).rejects.toMatchObject({
      code: "password-unavailable",
      message: expect.stringContaining("refers to the variable DB_PASSWORD, whose value is not known here"),
    });
    const { databases } = await locate({ properties, environment: { DB_PASSWORD: "known" } });
    expect(databases[0]?.password).toBe("known");
  });

  it("is not taken for the embedded one where there is no file of settings", async () => {
    await expect(locate({})).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining("/opt/sonarqube/conf/sonar.properties does not exist"),
    });
  });

  it("comes from the command line before variables, and from these before the file", async () => {
    const unit = (command: string) =>
      `[Service]\nEnvironment=SONAR_JDBC_URL=jdbc:postgresql://variable/sonar\nExecStart=/usr/bin/java -jar /opt/sonarqube/lib/sonarqube.jar ${command}\n`;
    const host = async (command: string) => {
      const files = { "/etc/systemd/system/sonarqube.service": unit(command) };
      return (await locate({ properties: url, files })).databases[0]?.host;
    };
    expect(await host("-Dsonar.jdbc.url=jdbc:postgresql://command/sonar")).toBe("command");
    expect(await host("")).toBe("variable");
  });
});

describe("the key to encrypted settings", () => {
  const properties = `${url}sonar.auth.jwtBase64Hs256Secret={aes-gcm}AAAA\n`;

  it("is missed where settings are encrypted", async () => {
    const { warnings } = await locate({ properties });
    expect(warnings).toEqual([expect.stringContaining("the key to SonarQube's encrypted settings was not found")]);
    expect((await locate({ properties: url })).warnings).toEqual([]);
  });

  it("is missed where the settings name a file that is not there", async () => {
    const { warnings } = await locate({ properties: `${url}sonar.secretKeyPath=/mnt/key.txt\n` });
    expect(warnings).toEqual([expect.stringContaining("(/mnt/key.txt)")]);
  });
});

it("an installation that is configured and is none is told with what it lacks", async () => {
  await expect(locate({ properties: url, keys: { install: "/opt" } })).rejects.toMatchObject({
    code: "application-not-found",
    message: expect.stringContaining("/opt (applications.sonarqube.install): has no web, nor elasticsearch"),
  });
});

describe("a drill of SonarQube", () => {
  const check = sonarqube.sanityChecks.find(({ title }) => title === "the database knows every installed plugin");

  async function ask(hash: string) {
    const host = fixtureHost();
    const path = "/opt/sonarqube/extensions/plugins/a.jar";
    writeFiles(host.root, { [path]: "plugin" });
    const data = {
      databases: [{ table: (name: string) => name, query: async () => [[hash]] }],
      files: {
        host,
        root: () => "/opt/sonarqube/extensions",
        async *walk() {
          yield path;
        },
      },
    };
    return await check?.ask(data as unknown as RestoredData);
  }

  it("finds a plugin that is not the database's", async () => {
    expect(await ask(createHash("md5").update("plugin").digest("hex"))).toEqual({
      figures: [{ what: "plugins", count: 1 }],
      findings: [],
    });
    expect((await ask("another"))?.findings).toEqual(["1 of 1 plugins are not those that the database knows: a.jar"]);
  });
});
