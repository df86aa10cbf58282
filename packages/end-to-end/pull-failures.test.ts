import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@catapullt/testkit/free-port";
import { programEnvironment, programFile, runProgramFile } from "@catapullt/testkit/programs";
import { startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

let server: ThrowawaySshServer;

beforeAll(async () => {
  server = await startSshServer();
});

afterAll(() => server.stop());

const archiveName = "wiki_20261123T020000Z.tar.zst";

/** Runs the archiver's cron line against one host whose settings differ from what would work by `settings`. */
async function pullWith(settings: Record<string, unknown>, sidecar = `${"0".repeat(40)}  ${archiveName}\n`) {
  const directory = temporaryDirectory("pull");
  for (const part of ["vault", "bin", "work/wiki"]) mkdirSync(join(directory, part), { recursive: true });
  writeFileSync(join(directory, "work/wiki", archiveName), "not what the sidecar says");
  writeFileSync(join(directory, "work/wiki", `${archiveName}.sha1`), sidecar);
  const mailServer = await startSmtpSink();
  onTestFinished(() => mailServer.close());
  const stateDir = join(directory, "state");
  const { address, port, user, identityFile, knownHostsFile } = server;
  const host = { address, port, user, identityFile, knownHostsFile, path: join(directory, "work"), ...settings };
  const archiverConfig = { vault: join(directory, "vault"), stateDir, retryDelay: "0s", hosts: { wiki01: host } };
  writeFileSync(join(directory, "archiver.json"), JSON.stringify(archiverConfig));
  const smtp = {
    type: "smtp",
    host: mailServer.host,
    port: mailServer.port,
    security: "none",
    from: "backup@example.com",
    to: ["admin@example.com"],
  };
  writeFileSync(join(directory, "notify.json"), JSON.stringify({ stateDir, transports: [smtp] }));
  const { exitCode, stderr } = await runProgramFile(
    "notify",
    ["--", process.execPath, programFile("archiver"), "pull"],
    {
      environment: {
        ...programEnvironment(),
        ARCHIVER_CONFIG: join(directory, "archiver.json"),
        NOTIFY_CONFIG: join(directory, "notify.json"),
      },
    },
  );
  const stored = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.startsWith("vault/") && path.endsWith(archiveName),
  );
  return { exitCode, stderr, stored, waiting: readdirSync(join(directory, "work/wiki")), mails: mailServer.mails };
}

test.each([
  [
    "an unknown host key, with the line to review",
    async () => ({ knownHostsFile: join(temporaryDirectory(), "empty") }),
    /ssh-keyscan -p \d+ -t ed25519 127\.0\.0\.1/,
  ],
  ["a host that is down", async () => ({ port: await freePort() }), /127\.0\.0\.1.*refuse|refuse.*127\.0\.0\.1/],
  ["an archive that is not what its sidecar says", async () => ({}), new RegExp(archiveName)],
])("a mail tells of %s; nothing is stored, and nothing is removed at the host", async (_, settings, says) => {
  const result = await pullWith(await settings());

  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(says);
  expect(result.mails).toHaveLength(1);
  expect(result.mails[0]?.subject).toMatch(/FAILED/);
  expect(result.mails[0]?.text).toMatch(says);
  expect(result.mails[0]?.text).toContain("wiki01");
  expect(result.stored).toEqual([]);
  expect(result.waiting).toEqual([archiveName, `${archiveName}.sha1`]);
});
