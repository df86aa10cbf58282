import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import type { HostSighting } from "../sighting.ts";
import { openDirectoryVault } from "./vault.ts";

const sighting: HostSighting = {
  visitedAt: "2026-11-24T04:00:00.000Z",
  reachedAt: null,
  failure: { code: "host-unreachable", message: "no answer" },
  clock: { offset: -0.5, measuredAt: "2026-11-23T04:00:00.000Z" },
  applications: { wiki: { lastRun: null, waiting: [{ name: "x", reason: "y" }], unfinished: ["z"] } },
};

test("keeps the last sighting of each host", async () => {
  const root = temporaryDirectory("vault");
  const vault = await openDirectoryVault(root);
  expect(await vault.sighting("wiki01")).toBeUndefined();
  await vault.noteSighting("wiki01", { ...sighting, failure: null });
  await vault.noteSighting("wiki01", sighting);
  await vault.noteSighting("wiki01.example.com", { ...sighting, clock: null });
  expect(await vault.sighting("wiki01")).toEqual(sighting);
  expect(await vault.sighting("wiki01.example.com")).toEqual({ ...sighting, clock: null });
  const directory = join(root, ".archiver", "hosts");
  expect(readdirSync(directory).sort()).toEqual(["wiki01.example.com.json", "wiki01.json"]);
  expect(statSync(join(directory, "wiki01.json")).mode & 0o777).toBe(0o640);
  expect(await vault.hosts()).toEqual([]);
});

test.each([
  ["empty", ""],
  ["cut off", JSON.stringify(sighting).slice(0, 50)],
  ["of other content", '{"visitedAt": 7}'],
  ["longer than any", JSON.stringify({ ...sighting, more: "x".repeat(17 * 1024 * 1024) })],
])("takes a record that is %s for none", async (_, text) => {
  const root = temporaryDirectory("vault");
  mkdirSync(join(root, ".archiver", "hosts"), { recursive: true });
  writeFileSync(join(root, ".archiver", "hosts", "wiki01.json"), text);
  expect(await (await openDirectoryVault(root)).sighting("wiki01")).toBeUndefined();
});

test("fails with the vault's error where the record cannot be read or written", async () => {
  const root = temporaryDirectory("vault");
  mkdirSync(join(root, ".archiver", "hosts", "wiki01.json", "x"), { recursive: true });
  const vault = await openDirectoryVault(root);
  await expect(vault.sighting("wiki01")).rejects.toMatchObject({ code: "vault-unusable" });
  await expect(vault.noteSighting("wiki01", sighting)).rejects.toMatchObject({ code: "vault-unusable" });
});
