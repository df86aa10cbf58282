import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BackupHost, createBackupHost, sftpHost } from "./backup-host.ts";
import { failed, leaveTrace, sighting } from "./sightings.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

describe("an agent's trace that is not one is none", () => {
  test.each<[string, (host: BackupHost) => void]>([
    ["too long", (host) => leaveTrace(host, { ...failed, more: "x".repeat(20_000) })],
    ["of another application", (host) => leaveTrace(host, { ...failed, application: "jira" })],
    ["cut off", (host) => leaveTrace(host, JSON.stringify(failed).slice(0, -5))],
    ["empty", (host) => leaveTrace(host, "")],
    ["of another kind", (host) => leaveTrace(host, "[1, 2]")],
    ["of a later version", (host) => leaveTrace(host, { ...failed, schemaVersion: 2 })],
    ["with an impossible time", (host) => leaveTrace(host, { ...failed, startedAt: "yesterday" })],
    [
      "a link to a file outside",
      (host) => {
        mkdirSync(join(host.work, "wiki"));
        const outside = join(host.directory, "outside");
        writeFileSync(outside, JSON.stringify(failed));
        symlinkSync(outside, join(host.work, "wiki", ".last-run.json"));
      },
    ],
    ["a directory", (host) => mkdirSync(join(host.work, "wiki", ".last-run.json"), { recursive: true })],
  ])("%s", async (_, leave) => {
    const host = createBackupHost();
    leave(host);
    host.configure({ wiki01: sftpHost(server, host.work), here: { type: "local", path: host.work } });
    expect((await host.archiver(["pull"])).exitCode).toBe(0);
    expect(sighting(host).applications.wiki).toEqual({ lastRun: null, waiting: [], unfinished: [] });
    expect(sighting(host, "here").applications.wiki).toEqual({ lastRun: null, waiting: [], unfinished: [] });
  });
});

test("an agent's trace moves no cursor, whatever it says", async () => {
  const host = createBackupHost();
  leaveTrace(host, { ...failed, failure: { code: "x\u001b[2J", message: "line\nline\u0007" } });
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull"]);
  expect(sighting(host).applications.wiki?.lastRun?.failure).toEqual({
    code: "x\\u001b[2J",
    message: "line\\nline\\u0007",
  });
});
