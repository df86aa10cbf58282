import { expect, test } from "vitest";
import { isAtLeast, parseServerVersion, parseToolVersion } from "./product.ts";

test.each([
  ["mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)", "mysql", [8, 0, 36]],
  [
    "mysqldump  Ver 8.0.36-28 for Linux on x86_64 (Percona Server (GPL), Release 28, Revision 47601f19)",
    "mysql",
    [8, 0, 36],
  ],
  ["mysqldump  Ver 9.1.0 for Linux on x86_64 (MySQL Community Server - GPL)", "mysql", [9, 1, 0]],
  ["mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)", "mysql", [5, 7, 44]],
  ["mysql  Ver 14.14 Distrib 5.7.44, for Linux (x86_64) using  EditLine wrapper", "mysql", [5, 7, 44]],
  ["mysqldump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)", "mariadb", [10, 11, 19]],
  [
    "mariadb  Ver 15.1 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64) using  EditLine wrapper",
    "mariadb",
    [10, 11, 19],
  ],
  ["mariadb-dump from 11.4.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)", "mariadb", [11, 4, 2]],
  ["/usr/bin/mysqldump from 11.8.3-MariaDB, client 10.19 for Linux (x86_64)\n", "mariadb", [11, 8, 3]],
])("tells flavour and version from %j", (output, flavour, version) => {
  expect(parseToolVersion(output)).toMatchObject({ flavour, version });
});

test.each(["", "dumper 1.0", "mysqldump: command not found", "Ver ten"])("makes nothing of %j", (output) => {
  expect(parseToolVersion(output)).toBeUndefined();
});

test.each([
  ["10.11.19-MariaDB-0+deb12u1", "mariadb", [10, 11, 19]],
  ["5.5.5-10.6.18-MariaDB-log", "mariadb", [10, 6, 18]],
  ["5.5.5-m3", "mysql", [5, 5, 5]],
  ["5.7.44-log", "mysql", [5, 7, 44]],
  ["8.0.36-28", "mysql", [8, 0, 36]],
  ["8.4.3", "mysql", [8, 4, 3]],
])("tells flavour and version of the server %s", (text, flavour, version) => {
  expect(parseServerVersion(text)).toEqual({ flavour, version, text });
});

test("compares versions part by part", () => {
  const product = { flavour: "mysql", version: [8, 0, 36], text: "8.0.36" } as const;
  expect(isAtLeast(product, 8)).toBe(true);
  expect(isAtLeast(product, 8, 0, 36)).toBe(true);
  expect(isAtLeast(product, 5, 7, 99)).toBe(true);
  expect(isAtLeast(product, 8, 0, 37)).toBe(false);
  expect(isAtLeast(product, 8, 4)).toBe(false);
  expect(isAtLeast(product, 10)).toBe(false);
});
