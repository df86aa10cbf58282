import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { openLocalRemote } from "../remote/local.ts";
import { openSftpRemote } from "../remote/sftp/remote.ts";
import { remoteConformance } from "./remote-conformance.ts";
import { sftpSettings } from "./sftp-settings.ts";

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
  remoteConformance((path) => openSftpRemote(sftpSettings(server, path), neverEnded));
});

describe("a directory behind another SFTP server", () => {
  // It shows the parent as its root, so that a path that does not exist can be asked for.
  remoteConformance(async (path) => {
    const server = await startEmbeddedSftpServer({ directory: "/" });
    onTestFinished(() => server.stop());
    return openSftpRemote(sftpSettings(server, path), neverEnded);
  });
});
