import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { createSshKey, type SshKeyType } from "@catapullt/testkit/ssh-keys";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

const passphrase = "correct horse battery staple";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

async function setUp({ type, secret }: { type?: SshKeyType; secret?: string } = {}) {
  const host = createBackupHost();
  await putArchive(host.work);
  const key = await createSshKey(join(host.directory, "id"), { type, passphrase: secret });
  const configure = (more: object) =>
    host.configure({ wiki01: { ...sftpHost(server, host.work), identityFile: key.file, ...more } });
  configure({});
  return { host, key, configure };
}

test.each(["ed25519", "rsa", "ecdsa"] as const)("logs in with a key of type %s", async (type) => {
  const { host, key } = await setUp({ type });
  server.authorize([key.publicKey]);
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(filesBelow(host.work)).toEqual([]);
});

test("says which public key the host refuses, and for whom", async () => {
  const { host, key } = await setUp();
  server.authorize([]);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=access-denied");
  expect(pull.stderr).toContain(`refuses the login of ${server.user}`);
  expect(pull.stderr).toContain(key.publicKey);
  expect(host.report().failures).toMatchObject([{ subject: "wiki01", code: "access-denied" }]);
});

test("opens a key with its passphrase, which appears nowhere", async () => {
  const { host, key, configure } = await setUp({ secret: passphrase });
  server.authorize([key.publicKey]);
  const file = join(host.directory, "passphrase");
  writeFileSync(file, `${passphrase}\n`, { mode: 0o600 });

  const without = await host.archiver(["pull", "-v"]);
  expect(without.exitCode).toBe(1);
  expect(without.stderr).toContain("is encrypted and no passphrase is set");

  configure({ passphrase: `not the ${passphrase}` });
  chmodSync(host.configFile, 0o600);
  const wrong = await host.archiver(["pull", "-v"]);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("the passphrase does not open the private key");

  configure({ passphrase: { file } });
  const right = await host.archiver(["pull", "-v"]);
  expect(right).toMatchObject({ exitCode: 0 });

  const everything = [without, wrong, right].map(({ stdout, stderr }) => stdout + stderr).join("");
  expect(everything).not.toContain(passphrase);
  expect(everything).not.toContain("PRIVATE KEY");
});

test("logs in with the keys of a real SSH agent", async () => {
  const { host, key } = await setUp();
  const { identityFile: _, ...settings } = sftpHost(server, host.work) as { identityFile: string };
  host.configure({ wiki01: { ...settings, agent: true } });
  server.authorize([key.publicKey]);
  const agent = await startAgent(join(host.directory, "agent.sock"));
  onTestFinished(agent.stop);

  const none = await host.archiver(["pull"]);
  expect(none.exitCode).toBe(1);
  expect(none.stderr).toContain("SSH_AUTH_SOCK names no agent");

  const empty = await host.archiver(["pull"], { environment: agent.environment });
  expect(empty.exitCode).toBe(1);
  expect(empty.stderr).toContain("holds no key");

  const added = await run(systemProgram("ssh-add"), [key.file], {
    environment: { ...process.env, ...agent.environment },
  });
  expect(added.exitCode).toBe(0);
  expect(await host.archiver(["pull"], { environment: agent.environment })).toMatchObject({ exitCode: 0 });

  const gone = await host.archiver(["pull"], { environment: { SSH_AUTH_SOCK: join(host.directory, "absent.sock") } });
  expect(gone.exitCode).toBe(1);
  expect(gone.stderr).toContain("does not answer");
});

async function startAgent(socket: string) {
  const { output, exitCode } = await run(systemProgram("ssh-agent"), ["-s", "-a", socket]);
  const processId = Number(/SSH_AGENT_PID=(\d+)/.exec(output.toString())?.[1]);
  if (exitCode !== 0 || !(processId > 1)) throw new Error("ssh-agent did not start");
  return { environment: { SSH_AUTH_SOCK: socket }, stop: () => void process.kill(processId) };
}

test.each([
  ["does not exist", (file: string) => `${file}.absent`, "does not exist"],
  ["is no key", (file: string) => `${file}.pub`, "is not a private key"],
])("says so where the key file %s", async (_, change, message) => {
  const { host, key, configure } = await setUp();
  configure({ identityFile: change(key.file) });
  chmodSync(`${key.file}.pub`, 0o600);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(message);
  expect(pull.stderr).toContain("code=identity-unusable");
});

test("refuses a key file that others can read", async () => {
  const { host, key } = await setUp();
  chmodSync(key.file, 0o644);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(`run: chmod 600 ${key.file}`);
});

test("gives up a port that accepts connections and never answers", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  const { host, configure } = await setUp();
  configure({ port: typeof address === "object" ? address?.port : 0, connectTimeout: "1s" });

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=host-unreachable");
});

test("refuses a configuration that does not say how to log in, or says it twice", async () => {
  const { host, configure } = await setUp();
  configure({ agent: true });
  const both = await host.archiver(["pull"]);
  expect(both.exitCode).toBe(2);
  expect(both.stderr).toContain("expected either identityFile or agent: true, got both");

  configure({ identityFile: undefined });
  const neither = await host.archiver(["pull"]);
  expect(neither.exitCode).toBe(2);
  expect(neither.stderr).toContain("identityFile");
});
