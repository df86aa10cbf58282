import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, permissions, sftpHost } from "./backup-host.ts";
import { createPushHost, type PushHost } from "./push-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

function setUp(push: object = {}): PushHost {
  const host = createPushHost();
  host.configure(sftpHost(server, host.inbox), { push });
  return host;
}

const events = (host: PushHost) => host.records().map(({ event, name }) => `${event} ${name.slice(5, 13)}`);
const at = (place: string, { application, name }: SampleArchive) => join(place, application, name);

test("sends what is finished, its sidecar last, and leaves the newest here", async () => {
  const host = setUp();
  const old = await putArchive(host.work, { time: "20261121T020000Z" });
  const archive = await putArchive(host.work, { bytes: 5_000_000 });

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stdout).toContain(archive.name);
  expect(filesBelow(host.inbox)).toEqual(filesOf(old, archive));
  expect(readFileSync(at(host.inbox, archive)).equals(archive.content)).toBe(true);
  expect(readFileSync(`${at(host.inbox, archive)}.sha1`, "utf8")).toBe(`${archive.sha1}  ${archive.name}\n`);
  expect([permissions(at(host.inbox, archive)), permissions(`${at(host.inbox, archive)}.sha1`)]).toEqual([
    "640",
    "640",
  ]);
  expect(permissions(join(host.inbox, "wiki"))).toBe("750");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(events(host)).toEqual([
    "begun 20261121",
    "pushed 20261121",
    "begun 20261123",
    "pushed 20261123",
    "removed 20261121",
  ]);
  expect(host.report()).toMatchObject({ outcome: "success", archives: [{ name: old.name }, { name: archive.name }] });
});

test("does nothing a second time", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  await host.archiver(["push"]);
  const before = host.records();

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0, stdout: "nothing new\n" });
  expect(host.records()).toEqual(before);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("counts what was taken from the destination as sent, and sends it again only when told to", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  await host.archiver(["push"]);
  rmSync(join(host.inbox, "wiki"), { recursive: true });

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0, stdout: "nothing new\n" });
  expect(filesBelow(host.inbox)).toEqual([]);
  const newer = await putArchive(host.work, { time: "20261124T000000Z" });
  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.inbox)).toEqual(filesOf(newer));
  expect(filesBelow(host.work)).toEqual(filesOf(newer));
  expect(host.records().find(({ event }) => event === "removed")).toMatchObject({
    name: archive.name,
    proof: { durable: true },
  });

  rmSync(join(host.inbox, "wiki"), { recursive: true });
  expect(await host.archiver(["push", "--again"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.inbox)).toEqual(filesOf(newer));
});

test("hands over to a pull at the backup host, archive by archive", async () => {
  const host = setUp();
  const backupHost = createBackupHost();
  backupHost.configure({ wiki01: { type: "local", path: host.inbox } });
  const archive = await putArchive(host.work);

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(await backupHost.archiver(["pull"])).toMatchObject({ exitCode: 0 });

  expect(filesBelow(host.inbox)).toEqual([]);
  expect(filesBelow(join(backupHost.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("leaves alone what the agent is still writing", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  await putArchive(host.work, { time: "20261123T030000Z", sidecar: false });
  writeFileSync(join(host.work, "wiki", ".wiki_20261123T040000Z.tar.zst.part"), "half");

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
  expect(filesBelow(host.work)).toHaveLength(4);
});

test("never publishes an archive that does not match its sidecar, and sends the others", async () => {
  const host = setUp();
  const damaged = await putArchive(host.work, { time: "20261122T020000Z" });
  const archive = await putArchive(host.work);
  writeFileSync(damaged.path, Buffer.alloc(damaged.content.length));

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain(`${damaged.name} does not match its sidecar`);
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
  expect(filesBelow(host.work)).toEqual(filesOf(damaged, archive));
  expect(host.report()).toMatchObject({
    outcome: "failure",
    failures: [{ subject: "wiki", code: "transfer-mismatch" }],
  });
});

test.each([
  ["another archive", (path: string) => writeFileSync(path, "other")],
  ["a link", (path: string) => symlinkSync("/etc/passwd", path)],
  ["a directory", (path: string) => mkdirSync(path)],
])("refuses where %s has the name, and replaces nothing", async (_, put) => {
  const host = setUp();
  const old = await putArchive(host.work, { time: "20261122T020000Z" });
  const archive = await putArchive(host.work);
  mkdirSync(join(host.inbox, "wiki"));
  put(at(host.inbox, old));

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("move");
  expect(filesBelow(host.inbox)).not.toContain(`wiki/${old.name}.sha1`);
  expect(existsSync(at(host.inbox, archive))).toBe(true);
  expect(filesBelow(host.work)).toEqual(filesOf(old, archive));
});

test("refuses a sidecar at the destination that speaks of another archive", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  mkdirSync(join(host.inbox, "wiki"));
  const sidecar = `${at(host.inbox, archive)}.sha1`;
  writeFileSync(sidecar, `${"0".repeat(40)}  ${archive.name}\n`);

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 1, stdout: "nothing sent\n1 failure\n" });
  expect(filesBelow(host.inbox)).toEqual([`wiki/${archive.name}.sha1`]);
});

test("reads back what is there without a record, completes it, and removes here only the next time", async () => {
  const host = setUp();
  const archive = await putArchive(host.work, { time: "20261122T020000Z" });
  const newest = await putArchive(host.work);
  mkdirSync(join(host.inbox, "wiki"));
  writeFileSync(at(host.inbox, archive), archive.content);
  writeFileSync(join(host.inbox, "wiki", `.${archive.name}.part`), archive.content);

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive, newest));
  expect(filesBelow(host.work)).toEqual(filesOf(archive, newest));

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual(filesOf(newest));
});

test("finds that a copy without a record is damaged, and keeps the archive here", async () => {
  const host = setUp({ retention: { last: 1 } });
  const archive = await putArchive(host.work);
  mkdirSync(join(host.inbox, "wiki"));
  writeFileSync(at(host.inbox, archive), Buffer.alloc(archive.content.length));

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("is damaged or another one");
  expect(filesBelow(host.inbox)).toEqual([`wiki/${archive.name}`]);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test.each([
  ["the beginning of the archive", (content: Buffer) => content.subarray(0, 3_000_000), 3_000_000],
  ["all of it", (content: Buffer) => content, 5_000_000],
  ["something else", () => Buffer.alloc(3_000_000), 0],
  ["more than the archive", (content: Buffer) => Buffer.concat([content, content]), 0],
  ["nothing", () => Buffer.alloc(0), 0],
])("goes on with a part that holds %s only as far as it is right", async (_, part, from) => {
  const host = setUp();
  const archive = await putArchive(host.work, { bytes: 5_000_000 });
  mkdirSync(join(host.inbox, "wiki"));
  writeFileSync(join(host.inbox, "wiki", `.${archive.name}.part`), part(archive.content));

  const push = await host.archiver(["push", "--json"]);

  expect(push).toMatchObject({ exitCode: 0 });
  const [pushed] = JSON.parse(push.stdout).pushed;
  expect(pushed.resumedFrom).toBe(from === 5_000_000 ? archive.content.length : from);
  expect(pushed.transferred).toBe(archive.content.length - pushed.resumedFrom);
  expect(readFileSync(at(host.inbox, archive)).equals(archive.content)).toBe(true);
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
});

test("removes nothing here with --keep-local, or where the policy is empty", async () => {
  const host = setUp();
  const archives = [await putArchive(host.work, { time: "20261122T020000Z" }), await putArchive(host.work)];
  expect(await host.archiver(["push", "--keep-local"])).toMatchObject({ exitCode: 0 });
  host.configure(sftpHost(server, host.inbox), { push: { retention: {} } });
  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual(filesOf(...archives));
});

test("says with --dry-run what it would do, and changes nothing", async () => {
  const host = setUp();
  const archives = [await putArchive(host.work, { time: "20261122T020000Z" }), await putArchive(host.work)];

  const plan = await host.archiver(["push", "--dry-run", "--json"]);

  expect(plan).toMatchObject({ exitCode: 0 });
  const { actions } = JSON.parse(plan.stdout) as { actions: { name: string; action: string; reasons: string[] }[] };
  expect(actions.map(({ name, action }) => [name.slice(5, 13), action])).toEqual([
    ["20261122", "send"],
    ["20261123", "send"],
    ["20261123", "keep here"],
    ["20261122", "remove here"],
  ]);
  expect(actions.every(({ reasons }) => reasons.length > 0)).toBe(true);
  expect((await host.archiver(["push", "--dry-run"])).stdout).toContain("no rule keeps it");
  expect(filesBelow(host.inbox)).toEqual([]);
  expect(filesBelow(host.work)).toEqual(filesOf(...archives));
  expect(readdirSync(host.directory)).not.toContain("state");
});

test("clears away the part of an archive that is no longer here", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  const lost = `wiki_20261101T020000Z.tar.zst`;
  await host.archiver(["push"]);
  const { destination } = host.records()[0] ?? { destination: "" };
  const begun = { event: "begun", at: "2026-11-01T02:00:00.000Z", destination, application: "wiki", name: lost };
  writeFileSync(host.recordsFile, `${JSON.stringify(begun)}\n${readFileSync(host.recordsFile, "utf8")}`);
  writeFileSync(join(host.inbox, "wiki", `.${lost}.part`), "part");
  writeFileSync(join(host.inbox, "wiki", ".wiki_20261102T020000Z.tar.zst.part"), "another host's");

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.inbox)).toEqual(["wiki/.wiki_20261102T020000Z.tar.zst.part", ...filesOf(archive)]);
});

test("makes the application's directory, never the one above it", async () => {
  const host = setUp();
  await putArchive(host.work);
  rmSync(host.inbox, { recursive: true });

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toMatch(/there is no directory .*inbox code=.*\n.*not mounted/);
  expect(existsSync(host.inbox)).toBe(false);
});

test("says where an archive was replaced here while its record says that it was sent", async () => {
  const host = setUp();
  const archive = await putArchive(host.work);
  await host.archiver(["push"]);
  const other = await putArchive(join(host.directory, "other"), { bytes: 500 });
  renameSync(other.path, archive.path);
  renameSync(`${other.path}.sha1`, `${archive.path}.sha1`);

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("there is another archive of this name");
});

test("never removes anything where the destination is the work directory itself", async () => {
  const host = createPushHost();
  host.configure(sftpHost(server, host.work));
  const archives = [await putArchive(host.work, { time: "20261122T020000Z" }), await putArchive(host.work)];

  await host.archiver(["push"]);
  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toMatch(/is .*work on this host itself.*\n.*nothing was removed/);
  expect(filesBelow(host.work)).toEqual(filesOf(...archives));
});

test("keeps an archive whose sidecar here has changed since it was sent", async () => {
  const host = setUp();
  const old = await putArchive(host.work, { time: "20261122T020000Z" });
  const archive = await putArchive(host.work);
  await host.archiver(["push", "--keep-local"]);
  writeFileSync(`${old.path}.sha1`, `${"0".repeat(40)}  ${old.name}\n`);

  const push = await host.archiver(["push"]);

  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("speaks of another archive");
  expect(filesBelow(host.work)).toEqual(filesOf(old, archive));
});

test("clears up what a run that died between two removals has left", async () => {
  const host = setUp();
  const old = await putArchive(host.work, { time: "20261122T020000Z" });
  const archive = await putArchive(host.work);
  expect(await host.archiver(["push", "--keep-local"])).toMatchObject({ exitCode: 0 });
  rmSync(old.path);

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});
