import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { type BackupHost, createBackupHost } from "./backup-host.ts";
import { fillVault } from "./prune-vault.ts";
import { putArchive, sha1Of } from "./sample-archive.ts";
import { putWholeArchive } from "./whole-archive.ts";

function createHost(retention: object = {}): BackupHost {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work } }, { retention });
  return host;
}

const own = (host: BackupHost, name = "") => join(host.vault, ".archiver", name);
const catalog = (host: BackupHost) => own(host, "catalog.sqlite");
const journal = (host: BackupHost) => own(host, "receipts.jsonl");

async function listed(host: BackupHost, args: readonly string[] = []) {
  const { exitCode, stdout, stderr } = await host.archiver(["list", "--json", ...args]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return { stderr, entries: JSON.parse(stdout) as { name: string; bytes: number; verified: string | null }[] };
}

test("brings back the history of what lies in the vault where the journal is lost, and calls nothing verified", async () => {
  const host = createHost();
  const directory = join(host.vault, "wiki01");
  await putWholeArchive(directory, { time: "2026-11-22T02:00:00Z" });
  await putWholeArchive(directory, { time: "2026-11-23T02:00:00Z" });
  await putArchive(directory, { application: "bare" });

  const rebuild = await host.archiver(["catalog", "rebuild", "--json"]);

  expect(rebuild).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(rebuild.stdout)).toEqual({
    applications: 2,
    held: 3,
    gone: 0,
    described: 2,
    undescribed: [expect.stringMatching(/^wiki01\/bare\/bare_/)],
  });
  expect(rebuild.stderr).toContain("has no manifest that can be read");
  expect(host.report()).toMatchObject({ outcome: "warning", failures: [] });
  expect((await listed(host)).entries.map(({ verified }) => verified)).toEqual([null, null, null]);
  const history = JSON.parse((await host.archiver(["history", "--json"])).stdout);
  expect(history.filter(({ seconds }: { seconds: number | null }) => seconds === 9)).toHaveLength(2);
  const again = await host.archiver(["catalog", "rebuild"]);
  expect(again.stdout).toContain("the vault holds 3 archives of 2 applications; 0 more are on record and gone\n");
  expect(again.stdout).not.toContain("read the manifest");
});

test.each<[string, (file: string) => void]>([
  ["is no database", (file) => writeFileSync(file, "garbage ".repeat(4000))],
  ["is empty of its tables", (file) => emptyOfTables(file)],
  ["is cut off", (file) => truncateSync(file, 6000)],
  ["has flipped bytes", (file) => flipBytes(file)],
  ["is a directory", (file) => replaceByDirectory(file)],
])("answers as before where the catalog %s, sets it aside and says so", async (_, spoil) => {
  const host = createHost({ last: 1 });
  await fillVault(host, [0.1, 1, 2]);
  const before = (await listed(host)).entries;
  spoil(catalog(host));

  const { entries, stderr } = await listed(host);

  expect(entries).toEqual(before);
  expect(stderr).toMatch(/the catalog .* is damaged .*it is made anew from the vault; the old one is .*corrupt-/);
  expect(readdirSync(own(host)).filter((name) => name.includes(".corrupt-"))).toHaveLength(1);
  expect((await listed(host)).stderr).toBe("");
});

test("makes a catalog of another release anew, without a word", async () => {
  const host = createHost();
  await fillVault(host, [1]);
  await listed(host);
  withDatabase(catalog(host), (database) => database.exec("PRAGMA user_version = 99"));
  const { entries, stderr } = await listed(host);
  expect({ entries, stderr }).toMatchObject({ entries: [{ bytes: expect.any(Number) }], stderr: "" });
});

test("keeps the former catalog where the journal is another one", async () => {
  const host = createHost();
  await fillVault(host, [1, 2]);
  await listed(host);
  writeFileSync(journal(host), "");
  const { entries, stderr } = await listed(host);
  expect(entries.map(({ verified }) => verified)).toEqual([null, null]);
  expect(stderr).toContain("was made from another receipts.jsonl than the one beside it");
  expect(readdirSync(own(host)).some((name) => name.includes(".former-"))).toBe(true);
});

test("goes on with a vault that was moved elsewhere, journal and all", async () => {
  const host = createHost();
  await fillVault(host, [1, 2]);
  const before = (await listed(host)).entries;
  const moved = `${host.vault}-moved`;
  renameSync(host.vault, moved);
  const { exitCode, stdout, stderr } = await host.archiver(["list", "--json"], {
    environment: { ARCHIVER__VAULT: moved },
  });
  expect({ exitCode, stderr, entries: JSON.parse(stdout) }).toEqual({ exitCode: 0, stderr: "", entries: before });
});

test("sees what was put there by hand, and what is none of ours, for what it is", async () => {
  const host = createHost();
  const [kept] = await fillVault(host, [1]);
  await listed(host);
  const place = join(host.vault, "wiki01", "wiki");
  const { name } = await putArchive(join(host.vault, "wiki01"), { time: "20260101T020000Z" });
  await putArchive(join(host.vault, "wiki01"), { time: "20260102T020000Z", sidecar: false });
  mkdirSync(join(place, "wiki_20260103T020000Z.tar.zst"));
  writeFileSync(join(place, "wiki_20260103T020000Z.tar.zst.sha1"), "x");
  writeFileSync(join(place, "notes.txt"), "x");
  expect((await listed(host)).entries.map((entry) => entry.name)).toEqual([kept?.name, name]);
});

test("never removes an archive that was replaced by hand on what was known of the old one", async () => {
  const host = createHost({ last: 1 });
  const [, old] = await fillVault(host, [0.1, 5]);
  await listed(host);
  const content = "another file of the same name";
  writeFileSync(old?.path ?? "", content);
  writeFileSync(`${old?.path}.sha1`, `${sha1Of(Buffer.from(content))}  ${old?.name}\n`);
  expect(await host.archiver(["prune"])).toMatchObject({ exitCode: 0, stdout: "0 removed (0 B), 2 kept\n" });
  expect(readFileSync(old?.path ?? "", "utf8")).toBe(content);
});

test("answers from memory where the vault cannot be written", async () => {
  const host = createHost();
  await fillVault(host, [1, 2]);
  const before = (await listed(host)).entries;
  rmSync(catalog(host));
  const program = [process.execPath, programFile("archiver"), "--config", host.configFile, "list", "--json"];
  const mount = 'mount --bind "$VAULT" "$VAULT"; mount -o remount,bind,ro "$VAULT"; exec "$@"';
  const { exitCode, output, errorOutput } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", "sh", "-ec", mount, "sh", ...program],
    { environment: programEnvironment({ VAULT: host.vault }) },
  );
  expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: "" });
  expect(JSON.parse(output.toString())).toEqual(before);
  expect(existsSync(catalog(host))).toBe(false);
});

test("is shared by processes that begin at once", async () => {
  const host = createHost();
  await fillVault(host, [1, 2, 3]);
  const lists = await Promise.all(Array.from({ length: 4 }, () => listed(host)));
  for (const { entries, stderr } of lists) expect({ count: entries.length, stderr }).toEqual({ count: 3, stderr: "" });
});

test("lists one application, and names what a name that is not known may have meant", async () => {
  const host = createHost();
  await fillVault(host, [1, 2]);
  await fillVault(host, [1], { application: "jira" });
  expect((await listed(host, ["--application", "jira"])).entries).toHaveLength(1);
  const wrong = await host.archiver(["list", "wiki01", "--application", "jria"]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
  expect(wrong.stderr).toContain('no application is called "jria" (did you mean "jira"?)');
});

test("knows a line that was cut off only when it is whole", async () => {
  const host = createHost();
  await fillVault(host, [1]);
  const line = readFileSync(journal(host), "utf8");
  writeFileSync(journal(host), line.slice(0, 60));
  expect((await listed(host)).entries).toMatchObject([{ verified: null }]);
  appendFileSync(journal(host), line.slice(60));
  expect((await listed(host)).entries).toMatchObject([{ verified: expect.any(String) }]);
});

function withDatabase(path: string, use: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  try {
    use(database);
  } finally {
    database.close();
  }
}

function emptyOfTables(file: string): void {
  withDatabase(file, (database) => database.exec("DROP TABLE archive"));
}

function flipBytes(file: string): void {
  const content = readFileSync(file);
  for (let index = 4096; index < content.length; index += 64)
    content.writeUInt8(content.readUInt8(index) ^ 0xff, index);
  writeFileSync(file, content);
}

function replaceByDirectory(file: string): void {
  rmSync(file);
  mkdirSync(file);
}
