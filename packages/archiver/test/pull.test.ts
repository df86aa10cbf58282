import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, permissions, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

test("fetches finished archives into the vault, proves them with sha1sum, removes them at the host and lists them", async () => {
  const host = createBackupHost();
  const older = await putArchive(host.work, { time: "20261122T020000Z", version: "7.19.4" });
  const newer = await putArchive(host.work, { time: "20261123T020000Z", version: "8.0.0", bytes: 2_000_000 });
  const jira = await putArchive(host.work, { application: "jira", version: "9.1" });
  host.configure({ wiki01: sftpHost(server, host.work) });

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(pull.stdout).toContain(older.name);
  expect(pull.stdout).toContain(newer.name);
  expect(filesBelow(host.work)).toEqual([]);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(older, newer, jira));
  const check = await run(systemProgram("sha1sum"), ["--strict", "-c", `${older.name}.sha1`, `${newer.name}.sha1`], {
    directory: join(host.vault, "wiki01", "wiki"),
  });
  expect(check.exitCode).toBe(0);
  expect(permissions(join(host.vault, "wiki01"))).toBe("750");
  expect(permissions(join(host.vault, "wiki01", "wiki"))).toBe("750");
  for (const file of filesBelow(join(host.vault, "wiki01")))
    expect(permissions(join(host.vault, "wiki01", file))).toBe("640");

  const list = await host.archiver(["list", "--json"]);
  expect(JSON.parse(list.stdout)).toEqual([
    {
      host: "wiki01",
      application: "jira",
      name: jira.name,
      time: "2026-11-23T02:00:00.000Z",
      bytes: jira.content.length,
      version: "9.1",
      verified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      proven: null,
    },
    expect.objectContaining({ name: newer.name, version: "8.0.0" }),
    expect.objectContaining({ name: older.name, version: "7.19.4" }),
  ]);
  const table = await host.archiver(["list", "wiki01"]);
  expect(table.stdout.split("\n")[0]).toMatch(/^TIME \(UTC\)/);
  expect(table.stdout).toMatch(/2026-11-23 02:00:00 {2}wiki01 {2}wiki .* 8\.0\.0 /);

  expect(host.report()).toMatchObject({ program: "archiver", command: "pull", outcome: "success", failures: [] });
  expect(host.report().archives).toHaveLength(3);
  expect(host.receipts().map(({ event, name }) => [event, name])).toEqual(
    expect.arrayContaining([
      ["stored", newer.name],
      ["removed", newer.name],
    ]),
  );

  const again = await host.archiver(["pull"]);
  expect(again).toMatchObject({ exitCode: 0, stdout: "nothing new\n" });
});

test("says what it would do and why, and changes nothing, with --dry-run", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  await putArchive(host.work, { time: "20261122T020000Z", sidecar: false });
  host.configure({ wiki01: sftpHost(server, host.work) });
  const before = filesBelow(host.directory);

  const plan = await host.archiver(["pull", "--dry-run", "--json"]);

  expect(plan.exitCode).toBe(0);
  expect(JSON.parse(plan.stdout)).toEqual([
    {
      host: "wiki01",
      actions: [
        { application: "wiki", name: archive.name, action: "fetch", reason: "new", bytes: archive.content.length },
        {
          application: "wiki",
          name: "wiki_20261122T020000Z.tar.zst",
          action: "skip",
          reason: "not finished: it has no sidecar",
          bytes: null,
        },
      ],
      ignored: [],
      failures: [],
    },
  ]);
  expect(filesBelow(host.directory)).toEqual(before);
  expect(existsSync(join(host.vault, ".archiver"))).toBe(false);
});

test("leaves archives at the host with --keep-remote, and removes them in a later run after reading the vault's copy again", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });

  expect((await host.archiver(["pull", "--keep-remote"])).exitCode).toBe(0);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect((await host.archiver(["pull", "--keep-remote"])).stdout).toBe("nothing new\n");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));

  const stored = join(host.vault, "wiki01", "wiki", archive.name);
  const damaged = Buffer.from(archive.content);
  damaged[500] = (damaged[500] ?? 0) ^ 1;
  writeFileSync(stored, damaged);
  const refused = await host.archiver(["pull"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("the vault's copy of");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));

  writeFileSync(stored, archive.content);
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(filesBelow(host.work)).toEqual([]);
  expect(host.receipts().map(({ event }) => event)).toEqual(["stored", "removed"]);
});

test("fails without removing anything where the vault holds another archive of the same name", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull"]);
  const impostor = await putArchive(host.work);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("the vault holds another archive of this name");
  expect(filesBelow(host.work)).toEqual(filesOf(impostor));
  expect(readFileSync(join(host.vault, "wiki01", "wiki", archive.name)).equals(archive.content)).toBe(true);
});

test("finishes a run that ended between the removal of the archive and that of its sidecar", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull"]);
  const sidecar = join(host.work, "wiki", `${archive.name}.sha1`);

  writeFileSync(sidecar, `${archive.sha1}  ${archive.name}\n`);
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(existsSync(sidecar)).toBe(false);

  writeFileSync(sidecar, `${"0".repeat(40)}  ${archive.name}\n`);
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(existsSync(sidecar)).toBe(true);
});

test("finishes a run that ended between the archive's publication in the vault and its sidecar's", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull", "--keep-remote"]);
  const stored = join(host.vault, "wiki01", "wiki");
  const { mtimeMs } = statSync(archive.path);
  const note = { bytes: archive.content.length, modifiedAt: Math.floor(mtimeMs / 1000), sha1: archive.sha1 };
  rmSync(join(stored, `${archive.name}.sha1`));
  writeFileSync(join(stored, `.${archive.name}.part.source`), JSON.stringify(note));

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual([]);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("leaves an archive alone that lies in the vault without a sidecar and not from a pull", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  mkdirSync(join(host.vault, "wiki01", "wiki"), { recursive: true });
  writeFileSync(join(host.vault, "wiki01", "wiki", archive.name), "put there by hand");

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("is in the way");
  expect(readFileSync(join(host.vault, "wiki01", "wiki", archive.name), "utf8")).toBe("put there by hand");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("goes on with the other hosts where one is down, and ends with 1", async () => {
  const host = createBackupHost();
  const second = join(host.directory, "second");
  const first = await putArchive(host.work);
  const other = await putArchive(second, { application: "jira" });
  host.configure({
    down: { ...sftpHost(server, host.work), port: 1 },
    nowhere: { ...sftpHost(server, host.work), address: "host.invalid" },
    wiki01: sftpHost(server, host.work),
    jira01: { type: "local", path: second },
  });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("down: 127.0.0.1 port 1 cannot be reached: the connection is refused");
  expect(pull.stderr).toContain("nowhere: host.invalid port");
  expect(pull.stdout).toContain("2 of 4 hosts failed: down, nowhere");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(first));
  expect(filesBelow(join(host.vault, "jira01"))).toEqual(filesOf(other));
  expect(filesBelow(second)).toEqual([]);
  expect(host.report().failures.map(({ subject, code }) => [subject, code])).toEqual([
    ["down", "host-unreachable"],
    ["nowhere", "host-unreachable"],
  ]);
});

test("pulls from the hosts that are named only, and knows no others", async () => {
  const host = createBackupHost();
  const second = join(host.directory, "second");
  const archive = await putArchive(host.work);
  await putArchive(second);
  host.configure({ wiki01: sftpHost(server, host.work), wiki02: sftpHost(server, second) });

  expect((await host.archiver(["pull", "wiki01"])).exitCode).toBe(0);
  expect(filesBelow(host.vault)).toEqual(filesOf(archive).map((file) => `wiki01/${file}`));

  const unknown = await host.archiver(["pull", "wiki3"]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('no host is called "wiki3" (did you mean "wiki01"?)');
  expect(unknown.stderr).toContain("hosts: wiki01, wiki02");
});

test("fetches from a chroot, where the work directory has another path", async () => {
  const host = createBackupHost();
  const chroot = await startChrootedServer();
  onTestFinished(chroot.stop);
  const archive = await putArchive(join(chroot.path, "backups"));
  host.configure({
    wiki01: sftpHost(chroot.server, "/backups"),
    wrong: sftpHost(chroot.server, join(chroot.path, "backups")),
  });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
  expect(pull.stderr).toContain("in a chroot: without the chroot's own path");
});

// Only root may chroot; another user gets the same view from a server that shows a directory as its root.
async function startChrootedServer() {
  if (userInfo().uid !== 0) {
    const path = temporaryDirectory("chroot");
    const embedded = await startEmbeddedSftpServer({ directory: path });
    return { path, server: embedded, stop: embedded.stop };
  }
  // sshd wants every directory above a chroot to belong to root and to be closed to others: /tmp is not.
  const path = mkdtempSync("/run/backup-tools-chroot-");
  chmodSync(path, 0o755);
  const jailed = await startSshServer({ configuration: [`ChrootDirectory ${path}`] });
  return {
    path,
    server: jailed,
    async stop() {
      await jailed.stop();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
