import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";
import { sighting } from "./sightings.ts";

/** A host that stops sending in the middle of the archive, and tells when it does. */
async function setUp() {
  const host = createBackupHost();
  const archive = await putArchive(host.work, { bytes: 5_000_000 });
  let isHanging = true;
  let tellMiddle = () => {};
  const middle = new Promise<void>((resolve) => {
    tellMiddle = resolve;
  });
  const server = await startEmbeddedSftpServer({
    directory: host.work,
    faults: {
      read({ path, sentBefore }) {
        if (!isHanging || !path.endsWith(".zst") || sentBefore < 3_000_000) return undefined;
        tellMiddle();
        return "hang";
      },
    },
  });
  onTestFinished(() => server.stop());
  host.configure({ wiki01: sftpHost(server, "/") });
  return {
    host,
    archive,
    server,
    middle,
    answer() {
      isHanging = false;
    },
  };
}

function startPull(configFile: string, reportFile: string) {
  const child = spawn(process.execPath, [programFile("archiver"), "--config", configFile, "pull"], {
    env: programEnvironment({ BACKUP_REPORT: reportFile }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return { child, ended: once(child, "close"), stderr: () => stderr };
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("ends at once on %s with %i, keeps what came, and the next run goes on", async (signal, exitCode) => {
  const { host, archive, server, middle, answer } = await setUp();
  const reportFile = join(host.directory, "ended.json");
  const { child, ended, stderr } = startPull(host.configFile, reportFile);
  await middle;

  child.kill(signal);
  expect([await ended, stderr()]).toEqual([[exitCode, null], expect.stringContaining(`ended by ${signal}`)]);
  expect(JSON.parse(readFileSync(reportFile, "utf8"))).toMatchObject({ outcome: "failure" });
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(join(host.vault, "wiki01"))).not.toContain(`wiki/${archive.name}`);
  expect(sighting(host)).toMatchObject({
    failure: { code: "ended", message: `ended by ${signal}` },
    applications: { wiki: { waiting: [{ name: archive.name, reason: expect.stringContaining("the pull ended") }] } },
  });

  answer();
  const sentBefore = server.bytesSent();
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(server.bytesSent() - sentBefore).toBeLessThan(archive.content.length);
  expect(filesBelow(host.work)).toEqual([]);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});

test("leaves nothing behind that looks finished or holds the vault after SIGKILL, and the next run works", async () => {
  const { host, archive, middle, answer } = await setUp();
  const { child, ended } = startPull(host.configFile, join(host.directory, "ended.json"));
  await middle;

  child.kill("SIGKILL");
  await ended;

  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  for (const file of filesBelow(join(host.vault, "wiki01"))) expect(file).toMatch(/^wiki\/\..*\.part(\.source)?$/);

  answer();
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(host.vault, "wiki01", "wiki", archive.name)).equals(archive.content)).toBe(true);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
});
