import { readFileSync } from "node:fs";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import type { CipherAlgorithm } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { expect, onTestFinished, test } from "vitest";
import { prepareDecryptionKey } from "../remote/sftp/decryption-key.ts";

async function connect(cipher: CipherAlgorithm): Promise<SftpClient> {
  const server = await startEmbeddedSftpServer({ directory: "/usr/bin" });
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

test("leaves other ciphers alone", async () => {
  const client = await connect("aes128-ctr");
  expect(prepareDecryptionKey(client)).toBe(false);
  expect(await client.exists("/ssh")).toBe("-");
});
