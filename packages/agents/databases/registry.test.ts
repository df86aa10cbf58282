import { expect, test } from "vitest";
import { engineNames } from "./engine.ts";
import { databaseEngine, engines, isDumpable } from "./registry.ts";

test("gives each name to one engine", () => {
  const names = engines.flatMap((engine) => engine.names);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(databaseEngine(name).names).toContain(name);
});

test.each(engineNames)("knows whether a database of the kind %s can be dumped", (name) => {
  if (isDumpable(name)) expect(databaseEngine(name).names).toContain(name);
  else expect(() => databaseEngine(name)).toThrow(/cannot be dumped/);
});

test.each(["h2", "oracle", ""])("knows no engine for %j", (kind) => {
  expect(isDumpable(kind)).toBe(false);
});
