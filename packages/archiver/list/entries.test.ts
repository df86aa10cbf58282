import { expect, test } from "vitest";
import { knownArchives } from "../test/known-archives.ts";
import type { Receipt } from "../vault/receipt.ts";
import { listEntries } from "./entries.ts";

const sha1 = "a".repeat(40);

function stored(host: string, time: string, application = "wiki") {
  return { host, application, name: `${application}_${time}.tar.zst`, bytes: 7, sha1 };
}

function receipt(archive: ReturnType<typeof stored>, change: object = {}): Receipt {
  const at = "2026-11-23T04:00:00.000Z";
  return {
    event: "stored",
    at,
    ...archive,
    source: "s",
    seconds: 1,
    version: "7.1",
    verifiedAt: at,
    ...change,
  } as Receipt;
}

test("lists the newest first, then by host and application", () => {
  const archives = [
    stored("b", "20261122T020000Z"),
    stored("b", "20261123T020000Z"),
    stored("a", "20261122T020000Z", "zulip"),
    stored("a", "20261122T020000Z", "jira"),
  ];
  expect(
    listEntries(knownArchives(archives, [])).map(({ host, application, time }) => [host, application, time]),
  ).toEqual([
    ["b", "wiki", "2026-11-23T02:00:00.000Z"],
    ["a", "jira", "2026-11-22T02:00:00.000Z"],
    ["a", "zulip", "2026-11-22T02:00:00.000Z"],
    ["b", "wiki", "2026-11-22T02:00:00.000Z"],
  ]);
});

test("has null for what no receipt tells", () => {
  const archive = stored("a", "20261123T020000Z");
  expect(listEntries(knownArchives([archive], []))).toEqual([
    {
      host: "a",
      application: "wiki",
      name: archive.name,
      time: "2026-11-23T02:00:00.000Z",
      bytes: 7,
      version: null,
      verified: null,
      proven: null,
    },
  ]);
});

test("takes version and verification from the last receipt of the same archive", () => {
  const archive = stored("a", "20261123T020000Z");
  const receipts = [receipt(archive, { version: "old" }), receipt(archive, { version: "7.2" })];
  expect(listEntries(knownArchives([archive], receipts))).toMatchObject([
    { version: "7.2", verified: "2026-11-23T04:00:00.000Z" },
  ]);
});

test("does not take a receipt of another file for this one", () => {
  const archive = stored("a", "20261123T020000Z");
  expect(listEntries(knownArchives([archive], [receipt({ ...archive, sha1: "b".repeat(40) })]))).toMatchObject([
    { verified: null },
  ]);
  expect(listEntries(knownArchives([archive], [receipt({ ...archive, host: "b" })]))).toMatchObject([
    { verified: null },
  ]);
});
