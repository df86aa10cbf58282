import { expect, test } from "vitest";
import { saysDiskFull } from "./full-disk.ts";

test.each([
  ["ENOSPC: no space left on device, write", true],
  ['ERROR 3 (HY000) at line 40: Error writing file (Errcode: 28 "No space left on device")', true],
  ["ERROR 1021 (HY000): Disk full (/var/tmp); waiting for someone to free some space", true],
  ["ERROR 1114 (HY000) at line 31: The table 'page' is full", true],
  ["could not extend file: No space left on device", true],
  ["tar: home/a: Cannot write: Disk quota exceeded", true],
  ["ERROR 1064 (42000): You have an error in your SQL syntax", false],
  ["lacks table page", false],
])("knows whether %j speaks of a full disk", (message, expected) => {
  expect(saysDiskFull(new Error(message))).toBe(expected);
});
