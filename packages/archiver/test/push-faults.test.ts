import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SftpFaults } from "@catapullt/testkit/embedded-sftp-faults";
import { type EmbeddedSftpServer, startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { expect, onTestFinished, test } from "vitest";
import { filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { createPushHost, type PushHost } from "./push-host.ts";
import { putArchive, type SampleArchive } from "./sample-archive.ts";

const megabyte = 1_000_000;

interface Setup {
  host: PushHost;
  archive: SampleArchive;
  server: EmbeddedSftpServer;
}

async function setUp(faults: SftpFaults, config: object = {}): Promise<Setup> {
  const host = createPushHost();
  const archive = await putArchive(host.work, { bytes: 5 * megabyte });
  const server = await startEmbeddedSftpServer({ directory: host.inbox, writable: true, faults });
  onTestFinished(() => server.stop());
  host.configure(sftpHost(server, "/"), { config });
  return { host, archive, server };
}

const sent = ({ host, archive }: Setup) => readFileSync(join(host.inbox, "wiki", archive.name));

test("connects again after the connection was cut, and sends only what is missing", async () => {
  const setup = await setUp({
    change: ({ operation, connection, receivedBefore }) =>
      operation === "write" && connection === 1 && receivedBefore > 3 * megabyte ? "drop" : undefined,
  });
  const { host, archive } = setup;

  const push = await host.archiver(["push", "--json"]);

  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toContain("connecting again");
  expect(push.stderr).toMatch(new RegExp(`going on with ${archive.name} at \\d`));
  const [pushed] = JSON.parse(push.stdout).pushed;
  expect(pushed.resumedFrom).toBeGreaterThan(2 * megabyte);
  expect(pushed.transferred + pushed.resumedFrom).toBe(archive.content.length);
  expect(sent(setup).equals(archive.content)).toBe(true);
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
});

test("fails where the connection is cut each time, keeps what came, and removes nothing here", async () => {
  const { host, archive } = await setUp(
    {
      change: ({ operation, receivedBefore }) =>
        operation === "write" && receivedBefore > megabyte ? "drop" : undefined,
    },
    { retries: 1 },
  );

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 1 });
  expect(filesBelow(host.inbox)).toEqual([`wiki/.${archive.name}.part`]);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(host.report()).toMatchObject({ outcome: "failure", failures: [{ code: "connection-lost" }] });
});

test("gives up a host that stops answering", async () => {
  const host = createPushHost();
  await putArchive(host.work);
  const server = await startEmbeddedSftpServer({
    directory: host.inbox,
    writable: true,
    faults: { change: () => "hang" },
  });
  onTestFinished(() => server.stop());
  host.configure({ ...sftpHost(server, "/"), stallTimeout: "1s" }, { config: { retries: 0 } });

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("has sent nothing for 1 s");
});

test.each([
  ["cannot write", "write", "fail", /cannot be written: the server only says "failure"[\s\S]*quota/],
  ["may not make a directory", "mkdir", "deny", /permission denied[\s\S]*give backup write permission/],
  ["may not make a file", "open", "deny", /permission denied[\s\S]*give backup write permission/],
  ["cannot rename", "rename", "fail", /cannot be written/],
] as const)(
  "says what to do where the user %s there, and leaves nothing finished",
  async (_, operation, fault, message) => {
    const { host, archive } = await setUp({ change: (change) => (change.operation === operation ? fault : undefined) });

    const push = await host.archiver(["push"]);

    expect(push).toMatchObject({ exitCode: 1 });
    expect(push.stderr).toMatch(message);
    expect(filesBelow(host.inbox).filter((name) => !name.endsWith(".part"))).toEqual([]);
    expect(filesBelow(host.work)).toEqual(filesOf(archive));
  },
);

test("keeps an archive here until the next run where the server cannot say what is on its disk", async () => {
  const { host, archive } = await setUp({});
  const newest = await putArchive(host.work, { time: "20261124T000000Z" });

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toContain("cannot say whether");
  expect(filesBelow(host.work)).toEqual(filesOf(archive, newest));

  expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual(filesOf(newest));
});

test("does not go on with a part that reads as something else", async () => {
  const { host, archive } = await setUp({ corrupt: (bytes) => Buffer.alloc(bytes.length) });
  mkdirSync(join(host.inbox, "wiki"));
  writeFileSync(join(host.inbox, "wiki", `.${archive.name}.part`), archive.content.subarray(0, megabyte));

  const push = await host.archiver(["push", "--json"]);
  expect(push).toMatchObject({ exitCode: 0 });
  expect(push.stderr).toContain("is no part of it");
  expect(JSON.parse(push.stdout).pushed).toMatchObject([{ resumedFrom: 0 }]);
});

test("refuses a name that appears while it is sent", async () => {
  const host = createPushHost();
  const archive = await putArchive(host.work);
  const server = await startEmbeddedSftpServer({
    directory: host.inbox,
    writable: true,
    faults: {
      change({ operation, path }) {
        const file = join(host.inbox, path);
        if (operation === "rename" && !existsSync(file)) writeFileSync(file, "another");
        return undefined;
      },
    },
  });
  onTestFinished(() => server.stop());
  host.configure(sftpHost(server, "/"));

  const push = await host.archiver(["push"]);
  expect(push).toMatchObject({ exitCode: 1 });
  expect(push.stderr).toContain("has appeared while it was sent");
  expect(readFileSync(join(host.inbox, "wiki", archive.name), "utf8")).toBe("another");
});
