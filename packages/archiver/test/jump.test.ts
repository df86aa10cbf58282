import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSshKey } from "@catapullt/testkit/ssh-keys";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

let target: ThrowawaySshServer;
let bastion: ThrowawaySshServer;
let inner: ThrowawaySshServer;
let closed: ThrowawaySshServer;
beforeAll(async () => {
  target = await startSshServer();
  bastion = await startSshServer();
  inner = await startSshServer();
  closed = await startSshServer({ configuration: ["AllowTcpForwarding no"] });
});
afterAll(async () => {
  for (const server of [target, bastion, inner, closed]) await server?.stop();
});

async function setUp() {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const key = await createSshKey(join(host.directory, "id"));
  for (const server of [target, bastion, inner, closed]) server.authorize([key.publicKey]);
  const knownHostsFile = join(host.directory, "known_hosts");
  const trust = (...servers: ThrowawaySshServer[]) =>
    writeFileSync(knownHostsFile, servers.map((server) => readFileSync(server.knownHostsFile, "utf8")).join(""));
  trust(target, bastion, inner, closed);
  const settings = { ...sftpHost(target, host.work), identityFile: key.file, knownHostsFile };
  const configure = (more: object) => host.configure({ wiki01: { ...settings, ...more } });
  const logins = (server: ThrowawaySshServer) => server.log().split("Accepted publickey").length - 1;
  return { host, archive, key, settings, configure, trust, logins };
}

const at = ({ user, port }: ThrowawaySshServer) => `${user}@127.0.0.1:${port}`;

test("pulls through a jump host, whose login it is as well", async () => {
  const { host, archive, configure, logins } = await setUp();
  configure({ jump: at(bastion) });
  const before = logins(bastion);
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  expect(logins(bastion)).toBe(before + 1);
  expect(bastion.log()).not.toContain("subsystem request for sftp");
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
  expect(filesBelow(host.work)).toEqual([]);
});

test("pulls through two of them, with what each needs of its own", async () => {
  const { host, configure, logins } = await setUp();
  const own = await createSshKey(join(host.directory, "own"), { passphrase: "a secret of its own" });
  bastion.authorize([own.publicKey]);
  const { user, port, knownHostsFile } = bastion;
  const before = [logins(bastion), logins(inner)];
  configure({
    jump: [
      { address: "127.0.0.1", port, user, identityFile: own.file, passphrase: "a secret of its own", knownHostsFile },
      at(inner),
    ],
  });
  chmodSync(host.configFile, 0o600);
  const pull = await host.archiver(["pull", "-v"]);
  expect(pull).toMatchObject({ exitCode: 0 });
  expect([logins(bastion), logins(inner)]).toEqual(before.map((count) => count + 1));
  expect(pull.stdout + pull.stderr).not.toContain("a secret of its own");
});

test("refuses a jump host whose key is not known, and sends it nothing", async () => {
  const { host, archive, configure, trust, logins } = await setUp();
  trust(target);
  configure({ jump: at(bastion) });
  const before = logins(bastion);
  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(`the host key of 127.0.0.1 port ${bastion.port} is not known`);
  expect(pull.stderr).toContain(`ssh-keyscan -p ${bastion.port} -t ed25519 127.0.0.1 >> `);
  expect(logins(bastion)).toBe(before);
  expect(filesBelow(host.work)).toEqual(filesOf(archive));
});

test("refuses a host behind it whose key is not known, and says how to fetch the key from there", async () => {
  const { host, configure, trust } = await setUp();
  trust(bastion);
  configure({ jump: at(bastion) });
  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(1);
  expect(pull.stderr).toContain(`the host key of 127.0.0.1 port ${target.port} is not known`);
  expect(pull.stderr).toContain(
    `ssh -p ${bastion.port} ${bastion.user}@127.0.0.1 ssh-keyscan -p ${target.port} -t ed25519 127.0.0.1 >> `,
  );
});

test("says so where a jump host lets nobody through, or cannot reach the host, or refuses the login", async () => {
  const { host, configure } = await setUp();
  configure({ jump: at(closed) });
  const forbidden = await host.archiver(["pull"]);
  expect(forbidden.stderr).toContain("code=access-denied");
  expect(forbidden.stderr).toContain(`does not let ${closed.user} through to 127.0.0.1 port ${target.port}`);
  expect(forbidden.stderr).not.toContain("connecting again");

  configure({ jump: at(bastion), port: 1 });
  const unreachable = await host.archiver(["pull"]);
  expect(unreachable.stderr).toContain("the jump host 127.0.0.1 cannot reach 127.0.0.1 port 1");
  expect(unreachable.stderr).toContain("code=host-unreachable");

  bastion.authorize([]);
  configure({ jump: at(bastion) });
  const refused = await host.archiver(["pull"]);
  expect(refused.stderr).toContain(`127.0.0.1 port ${bastion.port} refuses the login of ${bastion.user}`);
});

test.each([["a b"], ["bastion:0"], [[]], [{ user: "x" }]])("refuses a jump host that is none: %j", async (jump) => {
  const { host, configure } = await setUp();
  configure({ jump });
  const pull = await host.archiver(["pull"]);
  expect(pull.exitCode).toBe(2);
  expect(pull.stderr).toContain("jump");
});

test("knows a host's key by another name", async () => {
  const { host, configure, settings } = await setUp();
  const { knownHostsFile } = settings;
  writeFileSync(knownHostsFile, `wiki-cluster ${target.hostKeys.ed25519}\n`);
  configure({});
  const refused = await host.archiver(["pull"]);
  expect(refused.stderr).toContain("code=host-key-unknown");
  configure({ hostKeyAlias: "wiki-cluster" });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });

  writeFileSync(knownHostsFile, "");
  const unknown = await host.archiver(["pull"]);
  expect(unknown.stderr).toContain(`127.0.0.1 | sed 's/^[^ #]*/wiki-cluster/' >> `);
});

test("takes what is not said from OpenSSH's configuration, where that is asked for", async () => {
  const { host, archive, key, settings, logins } = await setUp();
  const { knownHostsFile } = settings;
  const home = join(host.directory, "home");
  mkdirSync(join(home, ".ssh", "conf.d"), { recursive: true });
  writeFileSync(join(home, ".ssh", "config"), "Include conf.d/*\nHost *\n  Port 1\n");
  writeFileSync(
    join(home, ".ssh", "conf.d", "wiki"),
    `Host the-wiki
  HostName 127.0.0.1
  Port ${target.port}
  User ${target.user}
  IdentityFile ${key.file}
  UserKnownHostsFile ${knownHostsFile}
  ProxyJump the-bastion
Host the-bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  User ${bastion.user}
  IdentityFile ${key.file}
  UserKnownHostsFile ${knownHostsFile}
  ProxyJump ${at(inner)}
`,
  );
  const environment = { HOME: home };
  const before = [logins(bastion), logins(inner)];
  host.configure({ wiki01: { address: "the-wiki", path: host.work } });
  const without = await host.archiver(["pull"], { environment });
  expect(without.exitCode).toBe(2);
  expect(without.stderr).toContain("expected the user to log in as");

  host.configure({ wiki01: { address: "the-wiki", path: host.work, sshConfig: true } });
  expect(await host.archiver(["pull"], { environment })).toMatchObject({ exitCode: 0 });
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(archive));
  expect([logins(bastion), logins(inner)]).toEqual(before.map((count) => count + 1));

  host.configure({ wiki01: { address: "the-wiki", path: host.work, sshConfig: true, port: 1 } }, { retries: 0 });
  const explicit = await host.archiver(["pull"], { environment });
  expect(explicit.stderr).toContain("cannot reach 127.0.0.1 port 1");

  chmodSync(join(home, ".ssh", "conf.d", "wiki"), 0o666);
  const unsafe = await host.archiver(["pull"], { environment });
  expect(unsafe.stderr).toContain("others may write to");

  host.configure({ wiki01: { address: "the-wiki", path: host.work, sshConfig: join(home, "absent") } });
  const absent = await host.archiver(["pull"], { environment });
  expect(absent.stderr).toContain(`${join(home, "absent")} cannot be read`);
});
