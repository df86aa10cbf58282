import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, permissions, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";
import { failed, killed, lastChangedLongAgo, leaveTrace, sighting, sightingFile } from "./sightings.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

test("notes a visit: when, the host's clock, what the agent left, and that nothing waits", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const trace = { ...failed, state: "succeeded", archive: archive.name, failure: null, later: "unknown field" };
  leaveTrace(host, trace);
  lastChangedLongAgo(host);
  host.configure({ wiki01: sftpHost(server, host.work) });
  const begun = new Date().toISOString();

  expect((await host.archiver(["pull"])).exitCode).toBe(0);

  const { visitedAt, reachedAt, failure, clock, applications } = sighting(host);
  const moments = [begun, visitedAt, reachedAt, new Date().toISOString()];
  expect(moments).toEqual([...moments].sort());
  expect(failure).toBeNull();
  expect(Math.abs(clock?.offset ?? Number.NaN)).toBeLessThanOrEqual(2);
  expect(applications).toMatchObject({
    wiki: { lastRun: { state: "succeeded", archive: archive.name }, waiting: [], unfinished: [] },
  });
  expect(permissions(sightingFile(host))).toBe("640");
  expect(permissions(join(host.vault, ".archiver", "hosts"))).toBe("750");
  expect(filesBelow(host.work)).toEqual(["wiki/.last-run.json"]);
});

test("keeps what was known where the host is down, and says why it was not reached", async () => {
  const host = createBackupHost();
  await putArchive(host.work);
  leaveTrace(host, failed);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull"]);
  const before = sighting(host);

  host.configure({ wiki01: { ...sftpHost(server, host.work), port: 1 } });
  expect((await host.archiver(["pull"])).exitCode).toBe(1);

  const after = sighting(host);
  expect(after).toEqual({
    ...before,
    visitedAt: expect.any(String),
    failure: { code: "host-unreachable", message: "127.0.0.1 port 1 cannot be reached: the connection is refused" },
  });
  expect(after.visitedAt > before.visitedAt).toBe(true);
});

test("notes a host that was never reached, here because its key is not known", async () => {
  const host = createBackupHost();
  const knownHostsFile = join(host.directory, "empty");
  writeFileSync(knownHostsFile, "");
  host.configure({ wiki01: { ...sftpHost(server, host.work), knownHostsFile } });
  await host.archiver(["pull"]);
  expect(sighting(host)).toMatchObject({
    reachedAt: null,
    failure: { code: "host-key-unknown", message: expect.stringContaining("is not known: it offers ssh-ed25519 key") },
    clock: null,
    applications: {},
  });
});

test("tells a backup that failed, one that was killed and one that is being written apart", async () => {
  const host = createBackupHost();
  leaveTrace(host, failed);
  leaveTrace(host, { ...killed, application: "jira" }, "jira");
  const unfinished = await putArchive(host.work, { application: "intranet", sidecar: false });
  host.configure({ wiki01: sftpHost(server, host.work) });
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(sighting(host)).toMatchObject({
    clock: null,
    applications: {
      wiki: { lastRun: failed },
      jira: { lastRun: { ...killed, application: "jira" } },
      intranet: { lastRun: null, waiting: [], unfinished: [unfinished.name] },
    },
  });
});

test("names an archive that does not match its sidecar among those that wait, with the reason", async () => {
  const host = createBackupHost();
  const damaged = await putArchive(host.work);
  const good = await putArchive(host.work, { time: "20261124T020000Z" });
  const unclear = await putArchive(host.work, { time: "20261125T020000Z" });
  writeFileSync(damaged.path, Buffer.alloc(damaged.content.length));
  writeFileSync(`${unclear.path}.sha1`, "no hash\u001b[2J\n");
  host.configure({ wiki01: sftpHost(server, host.work) });

  expect((await host.archiver(["pull"])).exitCode).toBe(1);

  const { applications, failure } = sighting(host);
  expect(failure).toMatchObject({ code: "transfer-mismatch", message: expect.stringContaining(damaged.name) });
  expect(applications.wiki?.waiting).toEqual([
    { name: damaged.name, reason: expect.stringContaining("does not match its sidecar") },
    { name: unclear.name, reason: expect.stringContaining(unclear.name) },
  ]);
  expect(JSON.stringify(applications)).not.toContain(good.name);
});

test("takes nothing for waiting that --keep-remote leaves at the host, and reads no clock without a removal", async () => {
  const host = createBackupHost();
  await putArchive(host.work);
  lastChangedLongAgo(host);
  host.configure({ wiki01: sftpHost(server, host.work) });
  for (let night = 0; night < 2; night += 1) {
    await host.archiver(["pull", "--keep-remote"]);
    expect(sighting(host)).toMatchObject({ clock: null, applications: { wiki: { waiting: [] } } });
  }
  await host.archiver(["pull"]);
  expect(Math.abs(sighting(host).clock?.offset ?? Number.NaN)).toBeLessThanOrEqual(2);
});

test("notes nothing with --dry-run", async () => {
  const host = createBackupHost();
  await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull", "--dry-run"]);
  expect(existsSync(join(host.vault, ".archiver"))).toBe(false);
  await host.archiver(["pull", "--dry-run", "--keep-remote"]);
  expect(existsSync(join(host.vault, ".archiver", "hosts"))).toBe(false);
});

test("a visit that cannot be noted is a warning, and the archive is stored", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  mkdirSync(join(host.vault, ".archiver"));
  writeFileSync(join(host.vault, ".archiver", "hosts"), "in the way");
  const { exitCode, stderr } = await host.archiver(["pull"]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/WARN.*wiki01: what was seen there could not be noted: the vault cannot be used at/);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("replaces a note that cannot be understood", async () => {
  const host = createBackupHost();
  host.configure({ wiki01: sftpHost(server, host.work) });
  mkdirSync(join(host.vault, ".archiver", "hosts"), { recursive: true });
  writeFileSync(sightingFile(host), '{"visitedAt": 7');
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(sighting(host)).toMatchObject({ failure: null, applications: {} });
});

test("names an archive that could be stored but not removed", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const faulty = await startEmbeddedSftpServer({ directory: host.work, faults: { refuseRemoval: () => true } });
  onTestFinished(() => faulty.stop());
  host.configure({ wiki01: sftpHost(faulty, "/") });
  expect((await host.archiver(["pull"])).exitCode).toBe(1);
  expect(sighting(host).applications.wiki?.waiting).toEqual([
    { name: archive.name, reason: expect.stringContaining("cannot be removed") },
  ]);
});

test("keeps what it saw where the connection was lost half way, and names what was not reached", async () => {
  const host = createBackupHost();
  const first = await putArchive(host.work);
  const second = await putArchive(host.work, { time: "20261124T020000Z" });
  leaveTrace(host, failed);
  const faults = { read: ({ path }: { path: string }) => (path.endsWith(first.name) ? ("drop" as const) : undefined) };
  const faulty = await startEmbeddedSftpServer({ directory: host.work, faults });
  onTestFinished(() => faulty.stop());
  host.configure({ wiki01: sftpHost(faulty, "/") }, { retries: 1 });
  expect((await host.archiver(["pull"])).exitCode).toBe(1);
  const { failure, visitedAt, reachedAt, applications } = sighting(host);
  expect(failure?.code).toBe("connection-lost");
  expect((reachedAt ?? "") >= visitedAt).toBe(true);
  expect(applications.wiki).toMatchObject({ lastRun: failed, waiting: [{ name: first.name }, { name: second.name }] });
});
