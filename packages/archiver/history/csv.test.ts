import { expect, test } from "vitest";
import { formatCsv } from "./csv.ts";
import type { HistoryEntry } from "./entries.ts";

const entry: HistoryEntry = {
  host: "wiki01",
  application: "wiki",
  time: "2026-11-23T02:00:00.000Z",
  bytes: 1000,
  seconds: 9.5,
  version: "7.19.4",
  name: "wiki_20261123T020000Z.tar.zst",
  inVault: true,
  dumpBytes: 800,
  treeBytes: 0,
  treeFiles: 0,
};

const header = "host,application,time,bytes,seconds,version,archive,in_vault,dump_bytes,tree_bytes,tree_files";

test("writes a header and a line for each backup, ended as RFC 4180 says", () => {
  expect(formatCsv([])).toBe(`${header}\r\n`);
  expect(formatCsv([entry])).toBe(
    `${header}\r\nwiki01,wiki,2026-11-23T02:00:00.000Z,1000,9.5,7.19.4,wiki_20261123T020000Z.tar.zst,true,800,0,0\r\n`,
  );
});

test("leaves empty what is not known", () => {
  const unknown = { ...entry, seconds: null, version: null, dumpBytes: null, treeBytes: null, treeFiles: null };
  expect(formatCsv([{ ...unknown, inVault: false }])).toContain(",1000,,,wiki_20261123T020000Z.tar.zst,false,,,\r\n");
});

test.each([
  ['7 "beta", de', '"7 ""beta"", de"'],
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ["+1", `"'+1"`],
  ["-1+1", `"'-1+1"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  ["＝1", `"'＝1"`],
  [" =1", `" '=1"`],
  ["1;=1", `"1;'=1"`],
  ['1",=1', `"1"",'=1"`],
  ["1\r\n=1", "1\\r\\n=1"],
  ["\t=1", "\\t=1"],
  ["\u001b[2J", "\\u001b[2J"],
  ["7.19-beta+2", "7.19-beta+2"],
])("writes the version %j so that no program takes it for anything else", (version, cell) => {
  expect(formatCsv([{ ...entry, version }]).split("\r\n")[1]).toContain(`,9.5,${cell},wiki_`);
});
