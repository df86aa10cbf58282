import { silentLogger } from "@catapullt/core/log/logger";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { applicationSettings, fixtureHost } from "../../test/fixture-host.ts";
import { nexus } from "./nexus.ts";
import { blobStoreWarnings } from "./nexus-blob-stores.ts";

function locate(files: Record<string, string>, keys: object = {}, environment: NodeJS.ProcessEnv = {}) {
  const host = fixtureHost(environment);
  writeFiles(host.root, {
    "/opt/nexus-3.68.1-02/bin/nexus.vmoptions": "-Dkaraf.data=../sonatype-work/nexus3\n",
    "/opt/sonatype-work/nexus3/etc/nexus.properties": "",
    ...files,
  });
  return nexus.locate({ name: "nexus", settings: applicationSettings(keys), host });
}

const home = "/opt/sonatype-work/nexus3";
const orient = { [`${home}/db/component/component.pcl`]: "", [`${home}/db/config/config.pcl`]: "" };

/** The name of an export that a task began so many hours ago. */
function exportName(part: string, hours: number, ending: string): string {
  const time = new Date(Date.now() - hours * 3_600_000);
  const digits = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), digits(time.getMonth() + 1), digits(time.getDate())];
  return [part, ...date, ...[time.getHours(), time.getMinutes(), time.getSeconds()].map(digits)].join("-") + ending;
}

describe("the built-in database of nexus", () => {
  it.each([
    ["h2", { [`${home}/db/nexus.mv.db`]: "" }, "Admin - Backup H2 Database"],
    ["h2", {}, "Admin - Backup H2 Database"],
    ["orientdb", orient, "Admin - Export databases for backup"],
    ["h2", { [`${home}/etc/nexus.properties`]: "nexus.datastore.nexus.jdbcUrl=jdbc\\:h2\\:file\\:/x\n" }, "H2"],
  ])("is refused as %s with the task that exports it", async (kind, files, task) => {
    await expect(locate(files)).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringContaining(`Sonatype Nexus Repository 3 uses its built-in ${kind} database`),
      hint: expect.stringMatching(new RegExp(`${task}.*location ${home}/backup .*applications\\.nexus\\.exports`)),
    });
  });

  it("is refused where the exports are those of another kind, or not complete", async () => {
    const half = { ...orient, [`${home}/backup/${exportName("component", 1, "-3.41.1-01.bak")}`]: "" };
    await expect(locate(half)).rejects.toMatchObject({ code: "database-unsupported" });
    const other = { ...orient, [`${home}/backup/${exportName("nexus", 1, ".zip")}`]: "" };
    await expect(locate(other)).rejects.toMatchObject({ code: "database-unsupported" });
  });

  it("is backed up by an export of last night, and not by one of the night before", async () => {
    const context = {
      environment: {},
      log: silentLogger(),
      signal: new AbortController().signal,
      record: async () => undefined,
    };
    const fresh = await locate({ [`${home}/backup/${exportName("nexus", 25, ".zip")}`]: "" });
    expect([fresh.databases, fresh.warnings]).toEqual([[], []]);
    await expect(fresh.consistency?.begin(context)).resolves.toBeUndefined();
    const stale = await locate({ [`${home}/backup/${exportName("nexus", 27, ".zip")}`]: "" });
    expect(stale.warnings).toEqual([expect.stringContaining("is more than 26 hours old")]);
    await expect(stale.consistency?.begin(context)).rejects.toMatchObject({
      code: "consistency-failed",
      hint: expect.stringContaining("Admin - Backup H2 Database"),
    });
  });

  it("plays no part where the agent's configuration names a database", async () => {
    const database = { engine: "postgresql", name: "nexus", user: "u", password: "p" };
    const located = await locate({ [`${home}/db/nexus.mv.db`]: "" }, { database });
    expect(located.databases).toEqual([expect.objectContaining({ engine: "postgresql", name: "nexus" })]);
  });
});

it("the settings of nexus come from variables before Java's options before files", async () => {
  const files = {
    [`${home}/etc/nexus.properties`]:
      "nexus.datastore.nexus.jdbcUrl=jdbc:postgresql://c/c\nnexus.datastore.nexus.username=c\n",
    [`${home}/etc/fabric/nexus-store.properties`]: "jdbcUrl=jdbc:postgresql://d/d\nusername=d\npassword=d\n",
  };
  const options = { INSTALL4J_ADD_VM_PARAMS: "-Xmx2g -Dnexus.datastore.nexus.jdbcUrl=jdbc\\:postgresql\\://b/b" };
  const [fromFile, fromOptions, fromVariable] = await Promise.all([
    locate(files),
    locate(files, {}, options),
    locate(files, {}, { ...options, NEXUS_DATASTORE_NEXUS_JDBCURL: "jdbc:postgresql://a/a" }),
  ]);
  expect(
    [fromFile, fromOptions, fromVariable].map(({ databases: [database] }) => [database?.host, database?.user]),
  ).toEqual([
    ["c", "c"],
    ["b", "c"],
    ["a", "c"],
  ]);
});

it("a URL, a file of secrets and a directory that are wrong are told with where they stand", async () => {
  const store = `${home}/etc/fabric/nexus-store.properties`;
  await expect(locate({ [store]: "jdbcUrl=postgres://db1/nexus\n" })).rejects.toMatchObject({
    code: "application-unreadable",
    message: `${store} has no JDBC URL that is understood here`,
  });
  const url = { [store]: "jdbcUrl=jdbc:postgresql://db1/nexus\n" };
  await expect(
    locate({ ...url, [`${home}/etc/nexus.properties`]: "nexus.secrets.file=/gone.json" }),
  ).rejects.toMatchObject({
    code: "application-not-found",
    message: `/gone.json does not exist (${home}/etc/nexus.properties)`,
  });
  await expect(locate(url, { paths: ["/mnt/blobs"] })).rejects.toMatchObject({
    message: expect.stringContaining("/mnt/blobs does not exist"),
  });
  const located = await locate(url);
  expect((await located.captureVersion()).value).toBe("3.68.1-02");
});

it("blob stores that are not saved are warned of by name", async () => {
  const rows: (string | null)[][] = [
    ["default", "File", '{"file": {"path": "default"}}'],
    ["docker", "File", '{"file": {"path": "/mnt/docker"}, "blobStoreQuotaConfig": {}}'],
    ["npm", "File", '{"file": {"path": "/mnt/saved/npm"}}'],
    ["remote", "S3", '{"s3": {"bucket": "b"}}'],
    ["all", "Group", '{"group": {"members": ["default"]}}'],
  ];
  const query = async (_: unknown, sql: string) =>
    sql.includes("information_schema") ? [["public", "blob_store_configuration"]] : rows;
  const database = { engine: "postgresql" as const, name: "nexus", skip: [] };
  expect(await blobStoreWarnings(query, database, { application: "nexus", home, roots: [home, "/mnt/saved"] })).toEqual(
    [
      "the blob store docker is in /mnt/docker, which is not saved: add it to `applications.nexus.paths`",
      "the blob store remote is kept in S3: its content is not part of this backup",
    ],
  );
});
