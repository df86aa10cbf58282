import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { SftpFaults } from "@catapullt/testkit/embedded-sftp-faults";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";

const megabyte = 1_000_000;

async function setUp({ archives = 1, bytes = 10_000, faults = {} }: SetUpOptions = {}) {
  const host = createBackupHost();
  const put: SampleArchive[] = [];
  for (let number = 10; number < 10 + archives; number += 1)
    put.push(await putArchive(host.work, { bytes, time: `202611${number}T020000Z` }));
  const server = await startEmbeddedSftpServer({ directory: host.work, faults });
  onTestFinished(() => server.stop());
  const configure = (settings: object, more: object = {}) =>
    host.configure({ wiki01: { ...sftpHost(server, "/"), ...settings } }, more);
  configure({});
  return { host, server, archives: put, configure };
}

interface SetUpOptions {
  archives?: number;
  bytes?: number;
  faults?: SftpFaults;
}

function isArchive(path: string): boolean {
  return path.endsWith(".tar.zst");
}

/** Answers reads of archives only when so many different ones, or all that are left, have been asked for. */
function answerTogether(count: number, total: number) {
  const asked = new Set<string>();
  let waiting = new Map<string, (() => void)[]>();
  let most = 0;
  return {
    mostAtOnce: () => most,
    hold({ path }: { path: string }) {
      if (!isArchive(path)) return undefined;
      return new Promise<void>((resolve) => {
        asked.add(path);
        waiting.set(path, [...(waiting.get(path) ?? []), resolve]);
        most = Math.max(most, waiting.size);
        if (waiting.size < count && asked.size < total) return;
        const released = [...waiting.values()].flat();
        waiting = new Map();
        for (const release of released) release();
      });
    },
  };
}

test("fetches many small archives at once: none waits for the answers to another one's", async () => {
  const together = answerTogether(16, 16);
  const { host, server, archives } = await setUp({ archives: 16, faults: { hold: together.hold } });

  const pull = await host.archiver(["pull", "--json"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(together.mostAtOnce()).toBe(16);
  expect(server.connections()).toBe(1);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));
  expect(filesBelow(host.work)).toEqual([]);
  const [outcome] = JSON.parse(pull.stdout) as [{ fetched: { name: string }[] }];
  expect(outcome.fetched.map(({ name }) => name)).toEqual(archives.map(({ name }) => name));
});

test("fetches no more archives of a host at once than `concurrency` says", async () => {
  const together = answerTogether(2, 6);
  const { host, configure } = await setUp({ archives: 6, faults: { hold: together.hold } });
  configure({ concurrency: 2 });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(together.mostAtOnce()).toBe(2);
});

test.each([
  ["of one host", { rate: "400kB" }, {}],
  ["of all hosts together", {}, { rate: "400kB" }],
])("keeps below the rate %s", async (_, settings, more) => {
  const { host, configure } = await setUp({ bytes: 600_000 });
  configure(settings, more);
  const pull = await host.archiver(["pull", "--json"]);
  expect(pull).toMatchObject({ exitCode: 0 });
  const [outcome] = JSON.parse(pull.stdout) as [{ fetched: [{ seconds: number }] }];
  expect(outcome.fetched[0].seconds).toBeGreaterThan(1.3); // 600 kB, less what may be ahead
});

test("gives up a host whose time is up, keeps what came, and goes on with the others", async () => {
  const { host, server } = await setUp({
    bytes: 5 * megabyte,
    faults: { read: ({ path, sentBefore }) => (isArchive(path) && sentBefore > 2 * megabyte ? "hang" : undefined) },
  });
  const second = join(host.directory, "second");
  const archive = await putArchive(second, { application: "jira" });
  host.configure({
    wiki01: { ...sftpHost(server, "/"), timeout: "1s" },
    local: { type: "local", path: second },
  });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("the pull from wiki01 took longer than 1.0 s");
  expect(pull.stdout).toContain(archive.name);
  expect(host.report().failures).toMatchObject([{ subject: "wiki01", code: "host-timeout" }]);
  const [part = ""] = filesBelow(join(host.vault, "wiki01")).filter((path) => path.endsWith(".part"));
  expect(statSync(join(host.vault, "wiki01", part)).size).toBeGreaterThan(megabyte);
});

test("tries again where the server hangs up before the login, as one does that has too many of them", async () => {
  const { host, server, archives, configure } = await setUp();
  let connections = 0;
  const relay = createServer((client) => {
    connections += 1;
    if (connections <= 2) return void client.destroy();
    const target = connect(server.port, "127.0.0.1");
    client.pipe(target).pipe(client);
    for (const socket of [client, target]) socket.on("error", () => {});
  }).listen(server.port, "127.0.0.2");
  onTestFinished(() => void relay.close());
  await new Promise((resolve) => relay.once("listening", resolve));
  const knownHostsFile = join(host.directory, "known_hosts");
  writeFileSync(knownHostsFile, server.knownHosts.replace("127.0.0.1", "127.0.0.2"));
  configure({ address: "127.0.0.2", knownHostsFile });

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(pull.stderr.match(/connecting again/g)).toHaveLength(2);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(...archives));
});

test("tries a refused connection again, twice by default", async () => {
  const { host, configure } = await setUp();
  configure({ port: 1 });
  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("connecting again in 0.0 s (2 of 2)");
  expect(pull.stderr).toContain("code=host-unreachable");
});

test("never tries again with a key that is not known, or a login that is refused", async () => {
  const { host, server, configure } = await setUp();
  configure({ knownHostsFile: "/dev/null" });
  expect((await host.archiver(["pull"])).stderr).toContain("code=host-key-unknown");
  expect(server.connections()).toBe(1);
  configure({ user: "nobody" });
  const refused = await host.archiver(["pull"]);
  expect(refused.stderr).toContain("code=access-denied");
  expect(refused.stderr).not.toContain("connecting again");
  expect(server.connections()).toBe(2);
});

test("fetches no more of a host than its quota, tells of the rest, and shows that before", async () => {
  const { host, archives, configure } = await setUp({ archives: 3, bytes: megabyte });
  configure({ quota: "2.5MB" });
  const [first, second, third] = archives as [SampleArchive, SampleArchive, SampleArchive];

  const plan = await host.archiver(["pull", "--dry-run"]);
  expect(plan.exitCode).toBe(1);
  expect(plan.stdout).toMatch(new RegExp(`${third.name} +refuse .*do not fit into the host's quota of 2\\.50 MB`));

  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=quota-exceeded");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(first, second));
  expect(filesBelow(host.work)).toEqual(filesOf(third));
  expect(host.report().failures).toMatchObject([{ subject: "wiki01", code: "quota-exceeded" }]);

  configure({}, { quota: "2.5MB" });
  expect((await host.archiver(["pull"])).stderr).toContain("code=quota-exceeded");
  configure({ quota: "1GB" }, { quota: "2.5MB" });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual([]);
});

test("a host that announces more than its quota keeps no other host from its space", async () => {
  const { host, server } = await setUp({
    faults: {
      entries: (_, entries) => entries.map((entry) => (isArchive(entry.name) ? { ...entry, size: 2 ** 40 } : entry)),
    },
  });
  const second = join(host.directory, "second");
  const archive = await putArchive(second, { application: "jira" });
  host.configure(
    { wiki01: sftpHost(server, "/"), local: { type: "local", path: second } },
    { quota: "10MB", concurrency: 1 },
  );

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toMatch(/its 1\.10 TB do not fit into the host's quota of 10\.0 MB/);
  expect(filesBelow(host.vault)).toEqual(filesOf(archive).map((path) => `local/${path}`));
});

test("takes no more of an answer than was asked for, whatever a host sends", async () => {
  const { host, archives } = await setUp({
    bytes: megabyte,
    faults: {
      corrupt: (bytes, { path, length }) =>
        isArchive(path) && length === bytes.length ? Buffer.concat([bytes, Buffer.alloc(1000, "more")]) : bytes,
    },
  });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  const [archive] = archives as [SampleArchive];
  const stored = readFileSync(join(host.vault, "wiki01", "wiki", archive.name));
  expect(stored.equals(archive.content)).toBe(true);
});

test("an archive that goes on growing while it is fetched takes no more than it had", async () => {
  const growth = Buffer.alloc(50_000, "more");
  const { host, archives } = await setUp({
    bytes: megabyte,
    faults: {
      read({ path }) {
        if (isArchive(path)) appendFileSync(join(host.work, path), growth);
        return undefined;
      },
    },
  });
  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("was replaced or removed at the host while it was fetched");
  const announced = archives[0]?.content.length ?? 0;
  for (const path of filesBelow(host.vault))
    expect(statSync(join(host.vault, path)).size).toBeLessThanOrEqual(announced);
});
