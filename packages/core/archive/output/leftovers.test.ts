import { expect, test } from "vitest";
import { stagedFileName } from "../staged-file.ts";
import { findLeftovers } from "./leftovers.ts";

const archive = "wiki_20261123T020000Z.tar.zst";

test("leaves finished archives alone", () => {
  expect(findLeftovers([archive, `${archive}.sha1`], "wiki")).toEqual([]);
});

test.each([
  ["an archive without a sidecar", archive],
  ["a sidecar without an archive", `${archive}.sha1`],
  ["the part file of an archive", `.${archive}.part`],
  ["the part file of a sidecar", `.${archive}.sha1.part`],
  ["an archive of another compression", "wiki_20261123T020000Z.tar"],
])("finds %s", (_, name) => {
  expect(findLeftovers([name, "notes.txt"], "wiki")).toEqual([name]);
});

test("finds staged files, and what SQLite leaves beside them", () => {
  const staged = stagedFileName("sqlite");
  expect(findLeftovers([staged, `${staged}-journal`], "wiki")).toEqual([staged, `${staged}-journal`]);
});

test("finds part files beside a finished archive of the same name", () => {
  const files = [archive, `${archive}.sha1`, `.${archive}.part`, `.${archive}.sha1.part`];
  expect(findLeftovers(files, "wiki")).toEqual([`.${archive}.part`, `.${archive}.sha1.part`].sort());
});

test.each([
  "wiki2_20261123T020000Z.tar.zst",
  ".wiki2_20261123T020000Z.tar.zst.part",
  "other_20261123T020000Z.tar.zst.sha1",
  "wiki.tar.zst",
  ".wiki.part",
  ".staged-notes.part",
  `${archive}.part`,
  `..${archive}.part.part`,
  `.${archive}.part.bak`,
  `${archive}.sha1.sha1`,
  "wiki_20260231T020000Z.tar.zst",
  ".part",
  "",
])("never finds %j", (name) => {
  expect(findLeftovers([name], "wiki")).toEqual([]);
});
