import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openLocalDepot } from "../remote/local-depot.ts";
import { openSftpDepot } from "../remote/sftp/depot.ts";
import { depotConformance } from "./depot-conformance.ts";
import { sftpSettings } from "./sftp-settings.ts";

const neverEnded = new AbortController().signal;

describe("a mounted directory", () => {
  depotConformance(openLocalDepot);

  test("tells how much is free", async () => {
    expect(await (await openLocalDepot(temporaryDirectory())).freeBytes()).toBeGreaterThan(0);
  });
});

describe("a directory behind OpenSSH's server", () => {
  let server: ThrowawaySshServer;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  depotConformance((path) => openSftpDepot(sftpSettings(server, path), neverEnded));

  test("tells how much is free, and that a file has reached its disk", async () => {
    const depot = await openSftpDepot(sftpSettings(server, temporaryDirectory()), neverEnded);
    onTestFinished(() => depot.close());
    expect(await depot.freeBytes()).toBeGreaterThan(0);
    await depot.makeDirectory("wiki");
    const part = await depot.openPart({ application: "wiki", name: "archive" }, { resume: false });
    await part.complete(0);
    expect(await part.publish()).toEqual({ durable: true });
    await part.close();
  });
});

describe("a directory behind another SFTP server", () => {
  // It shows the parent as its root, so that a path that does not exist can be asked for.
  depotConformance(async (path) => {
    const server = await startEmbeddedSftpServer({ directory: "/", writable: true });
    onTestFinished(() => server.stop());
    return openSftpDepot(sftpSettings(server, path), neverEnded);
  });

  test("does not claim what the server cannot tell", async () => {
    const server = await startEmbeddedSftpServer({ directory: temporaryDirectory(), writable: true });
    onTestFinished(() => server.stop());
    const depot = await openSftpDepot(sftpSettings(server, "/"), neverEnded);
    onTestFinished(() => depot.close());
    expect(await depot.freeBytes()).toBeUndefined();
    await depot.makeDirectory("wiki");
    const part = await depot.openPart({ application: "wiki", name: "archive" }, { resume: false });
    await part.complete(0);
    expect(await part.publish()).toEqual({ durable: false });
    await part.close();
  });
});
