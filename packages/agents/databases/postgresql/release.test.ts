import { expect, test } from "vitest";
import { parseRecordedRelease, parseServerRelease, parseToolVersion } from "./release.ts";

test.each([
  ["pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", { release: 15, text: "15.18" }],
  ["psql (PostgreSQL) 9.6.24\n", { release: 9.6, text: "9.6.24" }],
  ["pg_restore (PostgreSQL) 19beta1\n", { release: 19, text: "19beta1" }],
  ["pg_dump (EnterpriseDB) 16.4.1\n", { release: 16, text: "16.4.1" }],
  ["pg_dump: command not found", undefined],
  ["", undefined],
])("reads the version of a tool that says %j", (output, version) => {
  expect(parseToolVersion(output)).toEqual(version);
});

test.each([
  ["150018", 15],
  ["100000", 10],
  ["90624", 9.6],
  ["170002", 17],
])("reads the release of a server that says %s", (number, release) => {
  expect(parseServerRelease(number)).toBe(release);
});

test.each([
  ["15.18", 15],
  ["9.6.24", 9.6],
  ["pg_dump 17.2", 17],
  ["19beta1", 19],
  ["unknown", 0],
])("reads the release that a manifest tells as %s", (text, release) => {
  expect(parseRecordedRelease(text)).toBe(release);
});
