import { expect, test } from "vitest";
import { beginningBeside, namesBeside } from "./names.ts";

const stamp = "20261123T020000Z";

test("names the databases beside another", () => {
  expect(namesBeside("wiki", stamp)).toEqual({
    staging: "wiki-restore-20261123T020000Z",
    kept: "wiki-before-restore-20261123T020000Z",
    restored: "wiki-restored-20261123T020000Z",
  });
  expect(beginningBeside("wiki", stamp)).toBe("wiki-restore-");
});

test("cuts long names between characters, and keeps them different", () => {
  const [one, other] = [`${"ü€".repeat(12)}a`, `${"ü€".repeat(12)}b`].map((name) => namesBeside(name, stamp));
  const names = [...Object.values(one ?? {}), ...Object.values(other ?? {})];
  expect(new Set(names).size).toBe(6);
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^(ü€)+ü?-[0-9a-f]{8}-/);
    expect(name.endsWith(stamp)).toBe(true);
  }
});
