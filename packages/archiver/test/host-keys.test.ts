import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { createSshKey } from "@catapullt/testkit/ssh-keys";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BackupHost, createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer({ hostKeyTypes: ["rsa", "ecdsa", "ed25519"] });
});
afterAll(() => server.stop());

async function setUp(knownHosts: string) {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const knownHostsFile = join(host.directory, "known hosts");
  writeFileSync(knownHostsFile, knownHosts);
  host.configure({ wiki01: { ...sftpHost(server, host.work), knownHostsFile } });
  return { host, archive, knownHostsFile };
}

async function fingerprintOf(publicKey: string, host: BackupHost): Promise<string> {
  const file = join(host.directory, "key.pub");
  writeFileSync(file, `${publicKey}\n`);
  const { output } = await run(systemProgram("ssh-keygen"), ["-lf", file]);
  return output.toString().split(" ")[1] ?? "";
}

function place(): string {
  return `[127.0.0.1]:${server.port}`;
}

test("refuses an unknown host key with its fingerprint and the line that fetches it for review, which then works", async () => {
  const { host, archive, knownHostsFile } = await setUp("");

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=host-key-unknown");
  expect(pull.stderr).toContain(await fingerprintOf(server.hostKeys.ed25519 ?? "", host));
  const line = `ssh-keyscan -p ${server.port} -t ed25519 127.0.0.1 >> '${knownHostsFile}'`;
  expect(pull.stderr).toContain(`    ${line}\n`);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
  expect(filesBelow(host.vault)).toEqual([]);

  execFileSync("sh", ["-c", line], { stdio: "ignore" });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
});

test("refuses a changed host key and names the line that holds the other one", async () => {
  const { host, knownHostsFile } = await setUp("");
  const other = await createSshKey(join(host.directory, "other"));
  writeFileSync(knownHostsFile, `# reviewed\n${place()} ${other.publicKey}\n`);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=host-key-changed");
  expect(pull.stderr).toContain(await fingerprintOf(server.hostKeys.ed25519 ?? "", host));
  expect(pull.stderr).toContain(await fingerprintOf(other.publicKey, host));
  expect(pull.stderr).toContain(`${knownHostsFile} line 2`);
  expect(filesBelow(host.vault)).toEqual([]);
});

test("refuses a revoked host key although another line lists it", async () => {
  const { host, knownHostsFile } = await setUp(
    `${place()} ${server.hostKeys.ed25519}\n@revoked * ${server.hostKeys.ed25519}\n`,
  );

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("code=host-key-revoked");
  expect(pull.stderr).toContain(`${knownHostsFile} line 2`);
});

test("says that host certificates cannot be checked where only an authority is known", async () => {
  const { host } = await setUp(`@cert-authority * ${server.hostKeys.rsa}\n`);

  const pull = await host.archiver(["pull"]);

  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain("host certificates cannot be checked here");
});

test.each(["rsa", "ecdsa", "ed25519"] as const)(
  "accepts the host's %s key where it is the only one known",
  async (type) => {
    const { host } = await setUp(`${place()} ${server.hostKeys[type]}\n`);
    expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
    expect(filesBelow(host.work)).toEqual([]);
  },
);

test.each([
  ["as ssh-keyscan prints them", (lines: string) => lines],
  ["with a comma list", (lines: string) => lines.replaceAll(place(), `other,${place()},[::1]:22`)],
  ["with wildcards", (lines: string) => lines.replaceAll(place(), "!other,[127.0.*]:*")],
  ["without a port", (lines: string) => lines.replaceAll(place(), "127.0.0.1")],
])("accepts known hosts %s", async (_, change) => {
  const scan = await run(systemProgram("ssh-keyscan"), ["-p", String(server.port), "127.0.0.1"]);
  expect(scan.output.toString()).toContain(place());
  const { host } = await setUp(change(scan.output.toString()));
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
});

test("accepts known hosts that ssh-keygen -H has hashed", async () => {
  const { host, knownHostsFile } = await setUp(`${place()} ${server.hostKeys.ed25519}\n`);
  expect((await run(systemProgram("ssh-keygen"), ["-H", "-f", knownHostsFile])).exitCode).toBe(0);
  expect(readFileSync(knownHostsFile, "utf8")).toMatch(/^\|1\|/);
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
});

test("looks into the user's own known hosts where no file is configured", async () => {
  const { host } = await setUp("");
  const home = join(host.directory, "home");
  execFileSync("mkdir", ["-p", join(home, ".ssh")]);
  writeFileSync(join(home, ".ssh", "known_hosts"), `${place()} ${server.hostKeys.ed25519}\n`);
  const { knownHostsFile: _, ...settings } = sftpHost(server, host.work) as { knownHostsFile: string };
  host.configure({ wiki01: settings });

  expect(await host.archiver(["pull"], { environment: { HOME: home } })).toMatchObject({ exitCode: 0 });
});
