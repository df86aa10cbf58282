import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { CipherAlgorithm } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { expect, onTestFinished, test } from "vitest";
import { prepareDecryptionKey, prepareEncryptionKey } from "../remote/sftp/cipher-keys.ts";

async function connect(cipher: CipherAlgorithm, directory = "/usr/bin"): Promise<SftpClient> {
  const server = await startEmbeddedSftpServer({ directory, writable: directory !== "/usr/bin" });
  onTestFinished(() => server.stop());
  const client = new SftpClient("test", {});
  onTestFinished(() => void client.end());
  await client.connect({
    host: server.address,
    port: server.port,
    username: server.user,
    privateKey: readFileSync(server.identityFile),
    algorithms: { cipher: [cipher] },
  });
  return client;
}

// Fails when a new version of ssh2 looks different inside: transfers are then slower than they need to be.
test("finds the key of ssh2's AES-GCM decryption, and what is read afterwards is right", async () => {
  const client = await connect("aes128-gcm@openssh.com");
  expect(prepareDecryptionKey(client)).toBe(true);
  const content = readFileSync("/usr/bin/ssh");
  expect(content.equals((await client.get("/ssh")) as Buffer)).toBe(true);
});

test("finds the key of ssh2's AES-GCM encryption, and what is written afterwards is right", async () => {
  const directory = temporaryDirectory();
  const client = await connect("aes128-gcm@openssh.com", directory);
  expect(prepareEncryptionKey(client)).toBe(true);
  const content = readFileSync("/usr/bin/ssh");
  await client.put(content, "/ssh");
  expect(content.equals(readFileSync(join(directory, "ssh")))).toBe(true);
});

test("leaves other ciphers alone", async () => {
  const client = await connect("aes128-ctr");
  expect([prepareDecryptionKey(client), prepareEncryptionKey(client)]).toEqual([false, false]);
  expect(await client.exists("/ssh")).toBe("-");
});
