import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDelayingProxy } from "@catapullt/testkit/delaying-proxy";
import { startSshServer } from "@catapullt/testkit/sshd";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

/** What ssh2 lets a server send before it must wait for an answer, and what the kernel may hold besides. */
const windowOfLibrary = 2 * 1024 * 1024;

async function setUp() {
  const host = createBackupHost();
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const proxy = await startDelayingProxy({ port: server.port, delay: 25 });
  onTestFinished(() => proxy.close());
  const knownHostsFile = join(host.directory, "known_hosts");
  writeFileSync(
    knownHostsFile,
    readFileSync(server.knownHostsFile, "utf8").replaceAll(`:${server.port}`, `:${proxy.port}`),
  );
  const settings = { ...sftpHost(server, host.work), port: proxy.port, knownHostsFile };
  return { host, proxy, settings };
}

test("keeps a long line full: more is on its way at once than one window of the library", async () => {
  const { host, proxy, settings } = await setUp();
  const archive = await putArchive(host.work, { bytes: 60_000_000 });
  host.configure({ wiki01: settings });

  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });

  expect(proxy.mostUnderWay()).toBeGreaterThan(2 * windowOfLibrary);
  expect(proxy.connections()).toBe(1);
  const stored = readFileSync(join(host.vault, "wiki01", "wiki", archive.name));
  expect(stored.equals(archive.content)).toBe(true);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});
