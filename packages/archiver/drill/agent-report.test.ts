import { expect, test } from "vitest";
import { readVerdict } from "./agent-report.ts";

const sha1 = "a".repeat(40);
const archive = { host: "wiki01", application: "wiki", name: "wiki_20261123T020000Z.tar.zst", bytes: 9, sha1 };
const proof = {
  schemaVersion: 1,
  archive: archive.name,
  sha1,
  proven: true,
  covers: ["database", "files"],
  recoverySeconds: 2.5,
  findings: [],
  figures: ["fields that are not needed"],
};
const finding = { subject: "database wiki", message: "lacks page", hint: "look" };
const disproof = { ...proof, proven: false, sha1: undefined, findings: [finding] };

test("reads a proof and a disproof", () => {
  expect(readVerdict(JSON.stringify(proof), 0, archive)).toEqual({
    result: "proven",
    seconds: 2.5,
    covers: ["database", "files"],
  });
  expect(readVerdict(JSON.stringify(disproof), 1, archive)).toEqual({
    result: "disproven",
    findings: ["database wiki: lacks page"],
  });
});

test.each<[string, object, number, string]>([
  ["of a later version", { ...proof, schemaVersion: 2 }, 0, "form"],
  ["on another archive", { ...proof, archive: "shop_20261123T020000Z.tar.zst" }, 0, "shop"],
  ["on another file of that name", { ...proof, sha1: "b".repeat(40) }, 0, "bbb"],
  ["that covers nothing", { ...proof, covers: [] }, 0, "form"],
  ["with findings", { ...proof, findings: [finding] }, 0, "form"],
  ["without a time", { ...proof, recoverySeconds: undefined }, 0, "form"],
  ["that failed in the end", proof, 1, "exit code 1"],
])("takes no proof %s", (_, report, exitCode, message) => {
  expect(() => readVerdict(JSON.stringify(report), exitCode, archive)).toThrow(message);
});

test.each<[string, object, number, string]>([
  ["without findings", { ...disproof, findings: [] }, 1, "form"],
  ["of a drill that ended well", disproof, 0, "exit code 0"],
])("takes no disproof %s", (_, report, exitCode, message) => {
  expect(() => readVerdict(JSON.stringify(report), exitCode, archive)).toThrow(message);
});
