import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

test.each([
  ["is empty", "", "is empty"],
  ["holds no hash", "no hash\n", "is not in sha1sum's format"],
  ["speaks of another file", `${"a".repeat(40)}  other.tar.zst\n`, "speaks of another file"],
  ["is far too long", `${"a".repeat(40)}  ${"x".repeat(5_000)}\n`, "is too long"],
])("fails and removes nothing where a sidecar %s, and fetches the other archives", async (_, content, message) => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const other = await putArchive(host.work, { application: "jira" });
  writeFileSync(`${archive.path}.sha1`, content);
  host.configure({ wiki01: sftpHost(server, host.work) });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(message);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(other));
  expect(host.report()).toMatchObject({
    outcome: "failure",
    failures: [{ subject: "wiki01", code: "transfer-mismatch" }],
  });
});

test("keeps an archive that does not match its sidecar out of the vault, and fetches the other archives", async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const other = await putArchive(host.work, { time: "20261124T020000Z" });
  writeFileSync(`${archive.path}.sha1`, `${"a".repeat(40)}  ${archive.name}\n`);
  host.configure({ wiki01: sftpHost(server, host.work) });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(`has SHA1 ${archive.sha1}, the sidecar says ${"a".repeat(40)}`);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(other));
});

test("leaves unfinished archives, foreign names, links and what lies in the wrong directory where they are", async () => {
  const host = createBackupHost();
  const secret = join(host.directory, "secret");
  writeFileSync(secret, "secret");
  const good = await putArchive(host.work);
  const unfinished = await putArchive(host.work, { time: "20261122T020000Z", sidecar: false });
  const misplaced = await putArchive(host.work, { application: "jira" });
  const wiki = join(host.work, "wiki");
  const names = [
    "a\nb.tar.zst",
    "-rf",
    `${"x".repeat(240)}.tar.zst`,
    "wiki_20261331T020000Z.tar.zst",
    ".hidden",
    misplaced.name,
  ];
  for (const name of names) writeFileSync(join(wiki, name), "x");
  symlinkSync(secret, join(wiki, "wiki_20261121T020000Z.tar.zst"));
  symlinkSync(`${good.path}.sha1`, join(wiki, "wiki_20261121T020000Z.tar.zst.sha1"));
  symlinkSync(wiki, join(host.work, "linked"));
  mkdirSync(join(host.work, "Not An Application"));
  mkdirSync(join(wiki, "wiki_20261120T020000Z.tar.zst"));
  writeFileSync(join(host.work, "wiki_20261123T020000Z.tar.zst"), "x");
  const before = filesBelow(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(0);
  const fetched = [...filesOf(good), ...filesOf(misplaced)];
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(fetched.sort());
  expect(filesBelow(host.work)).toEqual(before.filter((file) => !fetched.includes(file)));
  expect(filesBelow(host.work)).toContain(`wiki/${unfinished.name}`);
  expect(pull.stderr).toContain(String.raw`"wiki/a\nb.tar.zst"`);
  expect(pull.stderr).toContain("an archive of jira in the directory of wiki");
  expect(pull.stderr).toContain("a link is never followed path=linked");
  expect(pull.stderr).not.toContain(".hidden");
});
