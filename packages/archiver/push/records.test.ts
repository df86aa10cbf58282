import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { openRecords, type PushedRecord } from "./records.ts";

const id = { application: "wiki", name: "wiki_20261123T020000Z.tar.zst" };
const at = "2026-11-23T03:00:00.000Z";
const sha1 = "a".repeat(40);
const pushed: PushedRecord = {
  event: "pushed",
  at,
  destination: "there",
  ...id,
  bytes: 1,
  sha1,
  durable: true,
  seconds: 1,
};

test("remembers what was sent, in this run and in later ones", async () => {
  const path = join(temporaryDirectory(), "state", "records.jsonl");
  const records = await openRecords(path, "there");
  expect(records.pushed({ ...id, sha1 })).toBeUndefined();
  await records.add({ event: "begun", at, destination: "there", ...id });
  expect(records.unfinished()).toEqual([id]);
  await records.add(pushed);
  for (const opened of [records, await openRecords(path, "there")]) {
    expect(opened.pushed({ ...id, sha1 })).toEqual(pushed);
    expect(opened.unfinished()).toEqual([]);
  }
});

test("takes neither another content nor another destination for the same", async () => {
  const path = join(temporaryDirectory(), "records.jsonl");
  await (await openRecords(path, "there")).add(pushed);
  expect((await openRecords(path, "there")).pushed({ ...id, sha1: "b".repeat(40) })).toBeUndefined();
  expect((await openRecords(path, "elsewhere")).pushed({ ...id, sha1 })).toBeUndefined();
});

test("passes over lines that were cut off or that it does not understand", async () => {
  const path = join(temporaryDirectory(), "records.jsonl");
  const line = JSON.stringify(pushed);
  writeFileSync(path, `null\n{"event":"later"}\n${line.slice(0, 60)}\n${line}\n${line.slice(0, 40)}`);
  const records = await openRecords(path, "there");
  expect(records.pushed({ ...id, sha1 })).toEqual(pushed);
  await records.add(pushed);
  expect(readFileSync(path, "utf8").trimEnd().split("\n").at(-1)).toBe(line);
});

test("fails where the file cannot be read", async () => {
  const directory = temporaryDirectory();
  await expect(openRecords(directory, "there")).rejects.toMatchObject({
    code: "state-unusable",
    message: expect.stringContaining(directory),
  });
});
