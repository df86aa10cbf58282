import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackupHost, filesBelow, filesOf, sftpHost } from "./backup-host.ts";
import { sighting } from "./sightings.ts";
import { putWholeArchive } from "./whole-archive.ts";

let server: ThrowawaySshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

test("records what an archive's manifest says, and which copy was proven before the host's was removed", async () => {
  const host = createBackupHost();
  const whole = await putWholeArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull"]);
  const [stored, described, removed] = host.receipts() as object[];
  expect(stored).toMatchObject({ event: "stored" });
  expect(described).toMatchObject({
    event: "described",
    host: "wiki01",
    name: whole.name,
    sha1: whole.sha1,
    contents: {
      startedAt: "2026-11-23T02:00:00.000Z",
      endedAt: "2026-11-23T02:00:09.000Z",
      databases: [],
      trees: [{ label: "home", files: 1, bytes: 10_000 }],
    },
  });
  expect(removed).toMatchObject({
    event: "removed",
    proof: { path: `wiki01/wiki/${whole.name}`, verifiedAt: (stored as { verifiedAt: string }).verifiedAt },
  });
  expect(statSync(join(host.vault, `wiki01/wiki/${whole.name}`)).size).toBe(whole.content.length);
});

test("stores an archive whose manifest says too much to be recorded, without recording it", async () => {
  const host = createBackupHost();
  const tables = Array.from({ length: 30_000 }, (_, index) => {
    return { name: `table_with_a_long_name_${index}`, kind: "table" as const, bytes: 100_000 };
  });
  const database = { name: "wiki", engine: "sqlite", member: "database/wiki.sql", parts: 1, bytes: 1, tables };
  const facts = { sha1: "0".repeat(40), serverVersion: "3", dumpTool: "sqlite3" };
  await putWholeArchive(host.work, { change: (same) => ({ ...same, databases: [{ ...database, ...facts }] }) });
  host.configure({ wiki01: sftpHost(server, host.work) });
  expect((await host.archiver(["pull"])).exitCode).toBe(0);
  expect(host.receipts().map(({ event }) => event)).toEqual(["stored", "removed"]);
});

test("records in a later run what a run that was cut off has not", async () => {
  const host = createBackupHost();
  const whole = await putWholeArchive(host.work);
  host.configure({ wiki01: sftpHost(server, host.work) });
  await host.archiver(["pull", "--keep-remote"]);
  writeFileSync(join(host.vault, ".archiver", "receipts.jsonl"), "");
  const before = new Date().toISOString();
  await host.archiver(["pull"]);
  expect(host.receipts().map(({ event, name }) => [event, name])).toEqual(
    ["stored", "described", "removed"].map((event) => [event, whole.name]),
  );
  const { proof } = host.receipts()[2] as unknown as { proof: { verifiedAt: string } };
  expect(proof.verifiedAt > before).toBe(true);
});

test("leaves with the host what prune has removed from the vault, night after night, with --keep-remote", async () => {
  const host = createBackupHost();
  await putWholeArchive(host.work, { time: "2025-11-22T02:00:00Z" });
  const newer = await putWholeArchive(host.work, { time: "2025-11-23T02:00:00Z" });
  host.configure({ wiki01: sftpHost(server, host.work) }, { retention: { last: 1 } });
  await host.archiver(["pull", "--keep-remote"]);
  expect((await host.archiver(["prune"])).exitCode).toBe(0);
  expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(newer));

  for (const options of [["--dry-run"], []]) {
    const { exitCode, stdout } = await host.archiver(["pull", "--keep-remote", "--json", ...options]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("it was in the vault, and the retention there does not keep it");
    expect(filesBelow(join(host.vault, "wiki01"))).toEqual(filesOf(newer));
  }
  expect(sighting(host).applications.wiki?.waiting).toEqual([]);
});

test("verify records what the manifests say of archives that no pull has described, once", async () => {
  const host = createBackupHost();
  host.configure({ wiki01: sftpHost(server, host.work) });
  const byHand = await putWholeArchive(join(host.vault, "wiki01"), { time: "2025-11-22T02:00:00Z" });
  const pulled = await putWholeArchive(host.work, { time: "2025-11-23T02:00:00Z" });
  await host.archiver(["pull"]);
  for (let run = 0; run < 2; run += 1) expect(await host.archiver(["verify"])).toMatchObject({ exitCode: 0 });
  const described = host.receipts().filter(({ event }) => event === "described");
  expect(described).toMatchObject([
    { name: pulled.name },
    { name: byHand.name, sha1: byHand.sha1, contents: { trees: [{ bytes: 10_000 }] } },
  ]);
});
