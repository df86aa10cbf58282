import { expect, test } from "vitest";
import { knownArchives } from "../test/known-archives.ts";
import type { Receipt } from "./receipt.ts";

const identity = {
  host: "wiki01",
  application: "confluence",
  name: "confluence_20261123T020000Z.tar.zst",
  bytes: 7,
  sha1: "a".repeat(40),
};
const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T04:00:00.000Z`;
const stored: Receipt = {
  ...identity,
  at: at(1),
  event: "stored",
  source: "x",
  seconds: 1,
  version: "8.5.4",
  verifiedAt: at(1),
};
const verified: Receipt = { ...identity, at: at(2), event: "verified" };
const proven: Receipt = { ...identity, at: at(3), event: "proven", seconds: 12, covers: ["database", "files"] };
const disproven: Receipt = { ...identity, at: at(4), event: "disproven", findings: ["lacks table page"] };

test.each<[string, Receipt[], object]>([
  ["nothing", [], { version: undefined, verifiedAt: undefined, provenAt: undefined, findings: undefined }],
  ["its arrival", [stored], { version: "8.5.4", verifiedAt: at(1) }],
  ["the last proof of its hash", [stored, verified], { version: "8.5.4", verifiedAt: at(2) }],
  ["the last proven restore", [stored, proven], { provenAt: at(3), recoverySeconds: 12, findings: undefined }],
  ["what a later drill found", [stored, proven, disproven], { provenAt: at(3), findings: ["lacks table page"] }],
  ["a proof after a finding", [disproven, proven], { provenAt: at(3), findings: undefined }],
  ["its cut-off rest", [{ ...stored, bytes: 8 }], { version: undefined, verifiedAt: undefined }],
  ["another file of its name", [{ ...stored, sha1: "b".repeat(40) }], { version: undefined, verifiedAt: undefined }],
])("knows %s of an archive", (_, receipts, expected) => {
  expect(knownArchives([identity], receipts)).toMatchObject([expected]);
});
