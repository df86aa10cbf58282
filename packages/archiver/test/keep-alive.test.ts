import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { startSshServer } from "@catapullt/testkit/sshd";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import { openSftpRemote } from "../remote/sftp/remote.ts";
import { sftpSettings } from "./sftp-settings.ts";

/** A line to the server that can go dead: then nothing comes through, and nobody is told. */
async function startLine(port: number) {
  const sent: Socket[] = [];
  let isDead = false;
  const line = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    sent.push(client, server);
    client.on("data", (bytes) => void (isDead || server.write(bytes)));
    server.on("data", (bytes) => void (isDead || client.write(bytes)));
    for (const socket of [client, server]) socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    line.close();
    for (const socket of sent) socket.destroy();
  });
  await once(line, "listening");
  const address = line.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    client: () => sent[0] ?? expect.fail("nobody has connected"),
    die: () => {
      isDead = true;
    },
  };
}

async function setUp() {
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const line = await startLine(server.port);
  const work = temporaryDirectory("work");
  const knownHostsFile = join(temporaryDirectory("known"), "known_hosts");
  writeFileSync(
    knownHostsFile,
    readFileSync(server.knownHostsFile, "utf8").replaceAll(`:${server.port}`, `:${line.port}`),
  );
  const settings = { ...sftpSettings({ ...server, knownHostsFile, port: line.port }, work), keepAlive: 20 };
  const remote = await openSftpRemote(settings, new AbortController().signal);
  onTestFinished(() => remote.close());
  return { line, remote };
}

test("keeps a connection open that nothing is asked over", async () => {
  const { line, remote } = await setUp();
  for (let messages = 0; messages < 5; messages += 1) await once(line.client(), "data");
  expect(await remote.list()).toEqual([]);
});

test("notices a line that is dead although nothing is waited for", async () => {
  const { line, remote } = await setUp();
  line.die();
  await once(line.client(), "close");
  await expect(remote.list()).rejects.toMatchObject({ code: "connection-lost" });
});
