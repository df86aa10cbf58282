import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { writeFiles } from "@catapullt/testkit/write-files";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { followGuide } from "./follow-guide.ts";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";
import { mariadbRoundTrip } from "./round-trip-mariadb.ts";
import { postgresqlRoundTrip } from "./round-trip-postgresql.ts";
import { sqliteRoundTrip } from "./round-trip-sqlite.ts";
import type { RoundTripSubject } from "./round-trip-subject.ts";

const subjects = [mariadbRoundTrip, postgresqlRoundTrip, sqliteRoundTrip];

/** Names of which one begins with another, the same ones on each server. */
const databases = subjects.flatMap((subject) => ["app", "app2", "app.sql"].map((name) => ({ subject, name })));

beforeAll(async () => {
  await Promise.all(subjects.map((subject) => subject.start()));
});
afterAll(async () => {
  await Promise.all(subjects.map((subject) => subject.stop()));
});

let host: RestoreHost;
let uploads: string;
let before: Record<string, unknown>;
let archive: string;

// One application with all of them is backed up, and then everything is gone.
beforeEach(async () => {
  host = createRestoreHost();
  uploads = join(host.directory, "srv", "uploads");
  writeFiles(uploads, { "a/b.txt": "content", "c.txt": "more" });
  const entries = databases.map(({ subject, name }) => subject.entry(name));
  host.configure(
    `  intranet: { type: generic, version: { value: "1" }, paths: [${uploads}], databases: ${JSON.stringify(entries)} }`,
  );
  for (const { subject, name } of databases) {
    await subject.create(name);
    await subject.execute(name, marked(title(subject, name)));
  }
  before = await describeEverything();
  archive = await host.backUp("intranet");
  await dropEverything();
});

afterEach(() => dropEverything());

/** SQL of a little content, to tell a database from the others. */
function marked(text: string): string {
  return `CREATE TABLE mark (t TEXT); INSERT INTO mark VALUES ('${text}')`;
}

async function dropEverything(): Promise<void> {
  for (const { subject, name } of databases) await subject.drop(name);
  rmSync(uploads, { recursive: true, force: true });
}

async function describeEverything(): Promise<Record<string, unknown>> {
  const facts: [string, unknown][] = [["uploads", describeTree(uploads)]];
  for (const { subject, name } of databases) facts.push([title(subject, name), await subject.fingerprint(name)]);
  return Object.fromEntries(facts);
}

function title(subject: RoundTripSubject, name: string): string {
  return `${subject.title} ${name}`;
}

async function databasesThatExist(): Promise<string[]> {
  const found: string[] = [];
  for (const { subject, name } of databases) if (await subject.exists(name)) found.push(title(subject, name));
  return found;
}

test("every dump goes into its own database", { timeout: 180_000 }, async () => {
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(await describeEverything()).toEqual(before);
});

test("RESTORE.md, followed to the letter, loads every dump into its own database", { timeout: 180_000 }, async () => {
  const { password } = mariadbRoundTrip.administrator;
  const { environment } = postgresqlRoundTrip.administrator;
  const members = execFileSync("tar", ["-tf", archive], { encoding: "utf8" }).match(/^database\/.*$/gm);
  expect(members).toHaveLength(databases.length);
  await followGuide(archive, { ...(password && { password }), ...(environment && { environment }) });
  expect(await describeEverything()).toEqual(before);
});

test("--path restores one database alone", { timeout: 180_000 }, async () => {
  for (const { member, subject, name } of [
    { member: "database/app.sql", subject: mariadbRoundTrip, name: "app" },
    { member: "database/app2-2.dump", subject: postgresqlRoundTrip, name: "app2" },
    { member: "database/app2-3.sqlite", subject: sqliteRoundTrip, name: "app2" },
  ]) {
    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--path", member);
    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(await databasesThatExist()).toEqual([title(subject, name)]);
    expect(await subject.fingerprint(name)).toEqual(before[title(subject, name)]);
    expect(() => describeTree(uploads)).toThrow(/ENOENT/);
    await subject.drop(name);
  }
});

test("--only files restores no database, and --only database no files", { timeout: 180_000 }, async () => {
  const files = await host.run("restore", "intranet", archive, "--yes", "--only", "files");
  expect(files).toMatchObject({ exitCode: 0 });
  expect(describeTree(uploads)).toEqual(before.uploads);
  expect(await databasesThatExist()).toEqual([]);
  rmSync(uploads, { recursive: true });
  const loaded = await host.run("restore", "intranet", archive, "--yes", "--only", "database");
  expect(loaded).toMatchObject({ exitCode: 0 });
  expect(await databasesThatExist()).toHaveLength(databases.length);
  expect(() => describeTree(uploads)).toThrow(/ENOENT/);
});

test("two databases of one name are both saved, and neither is loaded over the other", async () => {
  const [entry] = databases.map(({ subject, name }) => subject.entry(name));
  await mariadbRoundTrip.create("app");
  await mariadbRoundTrip.execute("app", marked("twice"));
  host.configure(
    `  twice: { type: generic, version: { value: "1" }, databases: ${JSON.stringify([entry, { ...entry, host: "localhost" }])} }`,
  );
  const both = await host.backUp("twice");
  const members = execFileSync("tar", ["-tf", both], { encoding: "utf8" }).match(/^database\/.*$/gm);
  expect(members).toEqual(["database/app.sql", "database/app-2.sql"]);
  expect(await host.run("verify", both)).toMatchObject({ exitCode: 0 });
  const { exitCode, stderr } = await host.run("restore", "twice", both, "--yes", "--replace");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/several mariadb databases app: which of them database\/app\.sql belongs to/);
  expect(stderr).toContain("--to DIR");
});
