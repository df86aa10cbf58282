import { expect, test } from "vitest";
import type { EngineName } from "./engine.ts";
import { databaseEngine } from "./registry.ts";

function damageOf(engine: EngineName, dump: Buffer | string, bytes?: number): string | undefined {
  const content = Buffer.from(dump as string, "latin1");
  return databaseEngine(engine).findDumpDamage({
    head: content.subarray(0, 512),
    tail: content.subarray(-512),
    bytes: bytes ?? content.length,
  });
}

/** The header of an SQLite file with pages of this size, as it stands in bytes 16 and 17. */
function sqliteHeader(pageSize: number): Buffer {
  const header = Buffer.alloc(512);
  header.write("SQLite format 3\0", "latin1");
  header.writeUInt16BE(pageSize, 16);
  return header;
}

test.each([
  "SELECT 1;\n-- Dump completed on 2026-11-23 18:53:48\n",
  "SELECT 1;\n-- Dump completed\n",
  `${"x".repeat(600)}\n\n-- Dump completed\n\n`,
])("takes SQL with the closing line for whole", (dump) => {
  expect(damageOf("mariadb", dump)).toBeUndefined();
  expect(damageOf("mysql", dump)).toBeUndefined();
});

test.each([
  "",
  "SELECT 1;\n",
  "-- Dump completed\nSELECT 1;\n",
  "SELECT '-- Dump completed on 2026-11-23 18:53:48",
  "INSERT INTO a VALUES ('\n -- Dump completed",
])("finds SQL that was cut off: %j", (dump) => {
  expect(damageOf("mariadb", dump)).toMatch(/closing line/);
});

test("knows archives of pg_dump's by their beginning", () => {
  expect(damageOf("postgresql", "PGDMP\x01\x0e\0")).toBeUndefined();
  for (const other of ["", "PGDM", "--\n-- PostgreSQL database dump\n"])
    expect(damageOf("postgresql", other)).toMatch(/PGDMP/);
});

test("knows SQLite databases by their header and a whole number of pages", () => {
  expect(damageOf("sqlite", "")).toBeUndefined();
  expect(damageOf("sqlite", sqliteHeader(512))).toBeUndefined();
  expect(damageOf("sqlite", sqliteHeader(4096), 3 * 4096)).toBeUndefined();
  expect(damageOf("sqlite", sqliteHeader(1), 2 * 65_536)).toBeUndefined();
  expect(damageOf("sqlite", sqliteHeader(4096), 3 * 4096 - 1)).toMatch(/4095 bytes of the last 4096/);
  expect(damageOf("sqlite", sqliteHeader(4095), 4095)).toMatch(/pages of 4095/);
  expect(damageOf("sqlite", "SQLite format 3\0")).toMatch(/no SQLite/);
  expect(damageOf("sqlite", Buffer.alloc(4096))).toMatch(/no SQLite/);
});
