import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServedChange } from "@catapullt/testkit/embedded-sftp-faults";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { createPushHost } from "./push-host.ts";
import { putArchive } from "./sample-archive.ts";

/** A host that stops answering at the first change that `isReached` says, and tells when it does. */
async function setUp(isReached: (change: ServedChange) => boolean) {
  const host = createPushHost();
  const archive = await putArchive(host.work, { bytes: 5_000_000 });
  let isHanging = true;
  let tell = () => {};
  const reached = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = await startEmbeddedSftpServer({
    directory: host.inbox,
    writable: true,
    faults: {
      change(change) {
        if (!isHanging || !isReached(change)) return undefined;
        tell();
        return "hang";
      },
    },
  });
  onTestFinished(() => server.stop());
  host.configure(sftpHost(server, "/"));
  const child = spawn(process.execPath, [programFile("archiver"), "--config", host.configFile, "push"], {
    env: programEnvironment({ BACKUP_REPORT: join(host.directory, "ended.json") }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close");
  return {
    host,
    archive,
    child,
    ended,
    reached,
    stderr: () => stderr,
    answer() {
      isHanging = false;
    },
  };
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("ends at once on %s with %i, keeps what was sent, and the next run goes on", async (signal, exitCode) => {
  const run = await setUp(({ operation, receivedBefore }) => operation === "write" && receivedBefore > 3_000_000);
  const { host, archive, child, ended, reached, stderr, answer } = run;
  await reached;

  child.kill(signal);
  expect([await ended, stderr()]).toEqual([[exitCode, null], expect.stringContaining(`ended by ${signal}`)]);
  expect(JSON.parse(readFileSync(join(host.directory, "ended.json"), "utf8"))).toMatchObject({ outcome: "failure" });
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(host.inbox)).toEqual([`wiki/.${archive.name}.part`]);

  answer();
  const next = await host.archiver(["push", "--json"]);
  expect(next).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(next.stdout).pushed[0].resumedFrom).toBeGreaterThan(2_000_000);
  expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
});

const phases: [string, (change: ServedChange) => boolean][] = [
  ["makes the directory", ({ operation }) => operation === "mkdir"],
  ["opens the part", ({ operation }) => operation === "open"],
  ["sends the first bytes", ({ operation }) => operation === "write"],
  ["sends the last bytes", ({ operation, receivedBefore }) => operation === "write" && receivedBefore > 4_900_000],
  ["completes the part", ({ operation }) => operation === "attributes"],
  ["opens the sidecar's part", ({ operation, path }) => operation === "open" && path.endsWith(".sha1.part")],
  ["sends the sidecar", ({ operation, path }) => operation === "write" && path.endsWith(".sha1.part")],
  ["publishes the archive", ({ operation }) => operation === "rename"],
  ["publishes the sidecar", ({ operation, path }) => operation === "rename" && path.endsWith(".sha1")],
];

test.each(phases)(
  "leaves nothing wrong after SIGKILL when it %s, and the next run completes it",
  async (_, isReached) => {
    const { host, archive, child, ended, reached, answer } = await setUp(isReached);
    await reached;
    child.kill("SIGKILL");
    await ended;

    expect(filesBelow(host.work)).toEqual(filesOf(archive));
    for (const file of filesBelow(host.inbox)) {
      if (!file.endsWith(".part")) expect(file).toBe(`wiki/${archive.name}`); // without its sidecar: for nobody an archive
    }

    answer();
    expect(await host.archiver(["push"])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(host.inbox, "wiki", archive.name)).equals(archive.content)).toBe(true);
    expect(filesBelow(host.inbox)).toEqual(filesOf(archive));
    expect(filesBelow(host.work)).toEqual(filesOf(archive));
  },
);

test("keeps a second push out, which says so and does nothing", async () => {
  const { host, archive, child, ended, reached } = await setUp(({ operation }) => operation === "write");
  await reached;

  const second = await host.archiver(["push"]);
  expect(second).toMatchObject({ exitCode: 4 });
  expect(second.stderr).toContain("another run holds the lock");
  child.kill("SIGKILL");
  await ended;
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});
