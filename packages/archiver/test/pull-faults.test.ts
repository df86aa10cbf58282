import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SftpFaults } from "@catapullt/testkit/embedded-sftp-faults";
import { type EmbeddedSftpServer, startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { expect, onTestFinished, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";

const megabyte = 1_000_000;

interface FaultySetup {
  host: BackupHost;
  archive: SampleArchive;
  server: EmbeddedSftpServer;
}

async function setUp(
  faults: (setup: { archive: SampleArchive }) => SftpFaults,
  config: object = {},
): Promise<FaultySetup> {
  const host = createBackupHost();
  const archive = await putArchive(host.work, { bytes: 5 * megabyte });
  const server = await startEmbeddedSftpServer({ directory: host.work, faults: faults({ archive }) });
  onTestFinished(() => server.stop());
  host.configure({ wiki01: sftpHost(server, "/") }, config);
  return { host, archive, server };
}

function stored({ host, archive }: FaultySetup): Buffer {
  return readFileSync(join(host.vault, "wiki01", "wiki", archive.name));
}

function isArchive(path: string): boolean {
  return path.endsWith(".tar.zst");
}

test("connects again after the connection was cut, and fetches only what is missing", async () => {
  const setup = await setUp(() => ({
    read: ({ path, connection, sentBefore }) =>
      isArchive(path) && connection === 1 && sentBefore > 3 * megabyte ? "drop" : undefined,
  }));
  const { host, archive, server } = setup;

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(pull.stderr).toContain("connecting again");
  expect(pull.stderr).toMatch(new RegExp(`going on with ${archive.name} at \\d`));
  expect(server.connections()).toBe(2);
  // What was under way when the connection was cut may be lost; the rest is not asked for again.
  expect(server.bytesSent()).toBeLessThan(archive.content.length + 2 * megabyte);
  expect(stored(setup).equals(archive.content)).toBe(true);
  expect(filesBelow(host.work)).toEqual([]);
});

test("fails where the connection is cut each time, keeps what came, and the next run fetches the rest", async () => {
  let limit = 1 * megabyte;
  const setup = await setUp(
    () => ({ read: ({ path, sentBefore }) => (isArchive(path) && sentBefore > limit ? "drop" : undefined) }),
    { retries: 1 },
  );
  const { host, archive, server } = setup;

  const first = await host.archiver(["pull"]);
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toContain("code=connection-lost");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  const part = join(host.vault, "wiki01", "wiki", `.${archive.name}.part`);
  const kept = statSync(part).size;
  expect(kept).toBeGreaterThan(megabyte);
  expect(filesBelow(host.vault).filter((path) => !path.includes(".part"))).toEqual([]);

  limit = Number.POSITIVE_INFINITY;
  const sentBefore = server.bytesSent();
  const second = await host.archiver(["pull"]);
  expect(second).toMatchObject({ exitCode: 0 });
  expect(server.bytesSent() - sentBefore).toBeLessThan(archive.content.length - kept + 1_000);
  expect(stored(setup).equals(archive.content)).toBe(true);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("throws away a part that is no part of the archive, and fetches the archive from its beginning", async () => {
  let isCut = true;
  const setup = await setUp(
    () => ({
      read: ({ path, sentBefore }) => (isArchive(path) && isCut && sentBefore > megabyte ? "drop" : undefined),
    }),
    { retries: 0 },
  );
  const { host, archive } = setup;
  await host.archiver(["pull"]);
  const part = join(host.vault, "wiki01", "wiki", `.${archive.name}.part`);
  const bytes = readFileSync(part);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(part, bytes);

  isCut = false;
  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(pull.stderr).toContain("is no part of it; fetching it from its beginning");
  expect(stored(setup).equals(archive.content)).toBe(true);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("clears an unfinished fetch whose archive is no longer at the host", async () => {
  const { host, archive } = await setUp(
    () => ({ read: ({ path, sentBefore }) => (isArchive(path) && sentBefore > megabyte ? "drop" : undefined) }),
    { retries: 0 },
  );
  await host.archiver(["pull"]);
  expect(filesBelow(host.vault)).toHaveLength(2);
  rmSync(join(host.work, "wiki"), { recursive: true });

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0, stdout: "nothing new\n" });
  expect(pull.stderr).toContain(`no longer at the host: ${archive.name}`);
  expect(filesBelow(host.vault)).toEqual([]);
});

test("takes answers that are shorter than asked for", async () => {
  const setup = await setUp(() => ({ read: () => 9_999 }));
  expect(await setup.host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(stored(setup).equals(setup.archive.content)).toBe(true);
});

test("notices one wrong byte, keeps the copy out of the vault and leaves the archive at the host", async () => {
  const { host, archive } = await setUp(() => ({
    corrupt(bytes, { path, offset }) {
      if (!isArchive(path) || offset > 2 * megabyte || offset + bytes.length <= 2 * megabyte) return bytes;
      const changed = Buffer.from(bytes);
      changed[2 * megabyte - offset] = (changed[2 * megabyte - offset] ?? 0) ^ 0x10;
      return changed;
    },
  }));

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("does not match its sidecar");
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(host.vault)).toEqual([]);
  expect(host.receipts()).toEqual([]);
  expect(host.report().failures).toMatchObject([{ subject: "wiki01", code: "transfer-mismatch" }]);
});

test.each([["archiver pull"], ["archiver pull --dry-run"]])(
  "gives up a host that hangs and goes on with the others: %s",
  async (line) => {
    const { host, server } = await setUp(() => ({ entries: () => "hang" }));
    const second = join(host.directory, "second");
    const archive = await putArchive(second);
    host.configure(
      { wiki01: { ...sftpHost(server, "/"), stallTimeout: "1s" }, local: { type: "local", path: second } },
      { retries: 0 },
    );

    const pull = await host.archiver(line.split(" ").slice(1));

    expect(pull.exitCode).toBe(1);
    expect(pull.stderr).toContain("has sent nothing for 1 s");
    expect(pull.stdout).toContain(archive.name);
  },
);

test("gives up a host that stops sending in the middle of an archive, and keeps what came", async () => {
  const { host, archive, server } = await setUp(() => ({
    read: ({ path, sentBefore }) => (isArchive(path) && sentBefore > 2 * megabyte ? "hang" : undefined),
  }));
  host.configure({ wiki01: { ...sftpHost(server, "/"), stallTimeout: "1s" } }, { retries: 0 });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("has sent nothing for 1 s");
  expect(statSync(join(host.vault, "wiki01", "wiki", `.${archive.name}.part`)).size).toBeGreaterThan(megabyte);
});

test("fails clearly where an archive is replaced while it is fetched, and removes neither the old nor the new one", async () => {
  let isReplaced = false;
  const setup = await setUp(({ archive }) => ({
    read({ path, sentBefore }) {
      if (isArchive(path) && sentBefore > megabyte && !isReplaced) {
        isReplaced = true;
        // Another file under the old name, of another time: what is being read is not there any more.
        writeFileSync(`${archive.path}.new`, "replaced");
        renameSync(`${archive.path}.new`, archive.path);
        utimesSync(archive.path, 1, 1);
      }
      return undefined;
    },
  }));
  const { host, archive } = setup;

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("was replaced or removed at the host while it was fetched");
  expect(readFileSync(archive.path, "utf8")).toBe("replaced");
  expect(filesBelow(host.vault)).toEqual([]);
});

test("fails clearly where an archive becomes shorter while it is fetched", async () => {
  let isCut = false;
  const { host, archive } = await setUp(({ archive }) => ({
    read({ path, sentBefore }) {
      if (isArchive(path) && sentBefore > megabyte && !isCut) {
        isCut = true;
        writeFileSync(archive.path, archive.content.subarray(0, 2 * megabyte));
      }
      return undefined;
    },
  }));

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("was replaced or removed at the host while it was fetched");
  expect(filesBelow(host.vault)).toEqual([]);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("leaves everything alone that a host names with paths, controls or too many characters", async () => {
  const hostile = [
    "../x",
    "../../vault/wiki_20261123T020000Z.tar.zst",
    "/etc/passwd",
    "-rf",
    "a\nb",
    "\u001b[2J",
    "x".repeat(300),
    "",
    "..",
  ];
  const { host, archive } = await setUp(() => ({
    entries: (path, entries) => [
      ...hostile.map((name) => ({ name, mode: path === "" ? 0o040755 : 0o100644, size: 5, mtime: 1 })),
      ...entries,
    ],
  }));

  const pull = await host.archiver(["pull"]);

  expect(pull).toMatchObject({ exitCode: 0 });
  expect(pull.stderr).not.toContain("\u001b");
  expect(pull.stderr).toContain(String.raw`"a\nb"`);
  expect(pull.stdout.split("\n")).toHaveLength(3);
  expect(filesBelow(host.directory).filter((path) => path.startsWith("vault/"))).toEqual(
    filesOf(archive).map((path) => `vault/wiki01/${path}`),
  );
});

test.each([
  ["no file can have", 2 ** 60, 0, "not a regular file"],
  ["that the vault has no room for", 2 ** 52, 1, "code=vault-full"],
])("fetches nothing where a host states a size %s", async (_, size, exitCode, message) => {
  const { host, archive } = await setUp(() => ({
    entries: (_path, entries) => entries.map((entry) => (isArchive(entry.name) ? { ...entry, size } : entry)),
  }));

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(exitCode);
  expect(pull.stderr).toContain(message);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(host.vault)).toEqual([]);
});

test("says so where the host refuses the removal, and a later run removes the archive without fetching it again", async () => {
  let isRefused = true;
  const setup = await setUp(() => ({ refuseRemoval: () => isRefused }));
  const { host, archive, server } = setup;

  const first = await host.archiver(["pull"]);
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toContain("cannot be removed: permission denied");
  expect(first.stderr).toContain("--keep-remote");
  expect(first.stdout).toContain("kept");
  expect(stored(setup).equals(archive.content)).toBe(true);

  isRefused = false;
  const sentBefore = server.bytesSent();
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(server.bytesSent() - sentBefore).toBeLessThan(1_000);
  expect(filesBelow(host.work)).toEqual([]);
});
