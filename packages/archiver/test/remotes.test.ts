import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { openLocalRemote } from "../remote/local.ts";
import type { SftpSettings } from "../remote/sftp/connect.ts";
import { openSftpRemote } from "../remote/sftp/remote.ts";
import type { ServerAccess } from "./backup-host.ts";
import { remoteConformance } from "./remote-conformance.ts";

function settings({ address, port, user, identityFile, knownHostsFile }: ServerAccess, path: string): SftpSettings {
  return {
    address,
    port,
    user,
    identity: { kind: "file", file: identityFile, passphrase: undefined },
    knownHostsFiles: [knownHostsFile],
    path,
    connectTimeout: 20_000,
    stallTimeout: 20_000,
  };
}

const neverEnded = new AbortController().signal;

describe("a mounted directory", () => {
  remoteConformance(openLocalRemote);
});

describe("a directory behind OpenSSH's server", () => {
  let server: ThrowawaySshServer;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  remoteConformance((path) => openSftpRemote(settings(server, path), neverEnded));
});

describe("a directory behind another SFTP server", () => {
  // It shows the parent as its root, so that a path that does not exist can be asked for.
  remoteConformance(async (path) => {
    const server = await startEmbeddedSftpServer({ directory: "/" });
    onTestFinished(() => server.stop());
    return openSftpRemote(settings(server, path), neverEnded);
  });
});
