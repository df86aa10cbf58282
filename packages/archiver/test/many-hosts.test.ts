import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

const count = 200;

/** Gives the server one more address: OpenSSH's own listens at no more than sixteen. */
async function leadTo({ port }: ThrowawaySshServer, address: string): Promise<void> {
  const relay = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    for (const socket of [client, server]) socket.on("error", () => {});
    client.pipe(server).pipe(client);
  }).listen(port, address);
  onTestFinished(() => void relay.close());
  await once(relay, "listening");
}

test("pulls from two hundred hosts in one run; the one whose key is not known and the one with a damaged archive stop nobody", {
  timeout: 300_000,
}, async () => {
  const host = createBackupHost();
  const archive = await putArchive(host.work);
  const addresses = Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`);
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const { port } = server;
  await Promise.all(addresses.map((address) => leadTo(server, address)));
  const workOf = (address: string) => join(host.directory, "hosts", address);
  for (const address of addresses) {
    mkdirSync(join(workOf(address), "wiki"), { recursive: true });
    for (const file of filesOf(archive)) copyFileSync(join(host.work, file), join(workOf(address), file));
  }
  const [unknown = "", damaged = "", ...good] = addresses;
  writeFileSync(join(workOf(damaged), "wiki", archive.name), "damaged");
  const knownHostsFile = join(host.directory, "known_hosts");
  writeFileSync(
    knownHostsFile,
    addresses
      .filter((address) => address !== unknown)
      .map((address) => `[${address}]:${port} ${server.hostKeys.ed25519}\n`)
      .join(""),
  );
  host.configure(
    Object.fromEntries(
      addresses.map((address) => [address, { ...sftpHost(server, workOf(address)), address, knownHostsFile }]),
    ),
    { concurrency: 16 },
  );

  const pull = await host.archiver(["pull"], { timeout: 280_000 });

  expect(pull.exitCode).toBe(1);
  expect(pull.stdout).toContain(`2 of ${count} hosts failed: ${unknown}, ${damaged}`);
  expect(host.report().failures).toMatchObject([
    { subject: unknown, code: "host-key-unknown" },
    { subject: damaged, code: "transfer-mismatch" },
  ]);
  expect(host.report().archives).toHaveLength(good.length);
  expect(server.log().split("Accepted publickey").length - 1).toBe(count - 1);
  const held = readdirSync(host.vault).filter((name) => filesBelow(join(host.vault, name)).length === 2);
  expect(held.filter((name) => name !== ".archiver").sort()).toEqual([...good].sort());
  for (const address of good) expect(filesBelow(workOf(address))).toEqual([]);
});
