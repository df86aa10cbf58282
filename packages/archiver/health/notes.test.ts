import { expect, test } from "vitest";
import { findNotes, type HostHoldings } from "./notes.ts";

const place = (changes: Partial<HostHoldings>): HostHoldings => ({
  host: "wiki01",
  isConfigured: true,
  trouble: undefined,
  expected: ["wiki"],
  held: ["wiki"],
  future: [],
  quarantined: [],
  unsealed: [],
  foreign: [],
  ...changes,
});

test("has nothing to note where all is as expected", () => {
  expect(findNotes([place({})], true)).toEqual([]);
});

test.each<[string, Partial<HostHoldings>, string]>([
  [
    "nobody expects anything",
    { expected: [] },
    "no backup is expected from any host, so none can be missed: set `expect",
  ],
  [
    "a file is foreign",
    { foreign: ["wiki01/wiki/a\u001b[2J"] },
    "wiki01: not ours: wiki01/wiki/a\\u001b[2J: move it out",
  ],
  [
    "there are many",
    { foreign: ["wiki01/a", "wiki01/b", "wiki01/c", "wiki01/d", "wiki01/e"] },
    "not ours: wiki01/a, wiki01/b, wiki01/c and 2 more",
  ],
  [
    "there is no sidecar",
    { unsealed: [{ host: "wiki01", application: "wiki", name: "x" }] },
    "wiki01: without a sidecar, so no backup for anybody: wiki01/wiki/x: if you put it there, run sha1sum",
  ],
  [
    "one is dated in the future",
    { future: [{ host: "wiki01", application: "wiki", name: "x" }] },
    "wiki01: dated in the future, so retention ignores it: wiki01/wiki/x",
  ],
  [
    "one is in quarantine",
    { quarantined: ["q/x"] },
    "wiki01: damaged, in quarantine: q/x: look at the report beside it",
  ],
  ["one application is not expected", { held: ["jira", "wiki"] }, "wiki01: nobody expects jira: set `expect: { jira:"],
])("notes that %s", (_, changes, message) => {
  expect(findNotes([place(changes)], changes.expected === undefined)).toEqual([expect.stringContaining(message)]);
});

test("asks whether a host was renamed, where nothing is here of it and an unknown one has the same applications", () => {
  const other = place({ host: "old01", isConfigured: false, expected: [], held: ["jira", "wiki"] });
  expect(findNotes([place({ held: [] }), other], true)).toEqual([
    "the vault holds jira, wiki of old01, which is not configured: nobody would miss a backup of it",
    expect.stringContaining("was it renamed? archiver rename old01 wiki01"),
  ]);
  expect(findNotes([place({ held: [] }), { ...other, held: ["jira"] }], true).join()).not.toContain("renamed");
});
