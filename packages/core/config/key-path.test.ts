import { expect, test } from "vitest";
import { formatKeyPath, keyPathId } from "./key-path.ts";

test("writes keys with dots, indexes in brackets and strange keys in quotes", () => {
  expect(formatKeyPath(["transports", 0, "host"])).toBe("transports[0].host");
  expect(formatKeyPath(["applications", "wiki.example", "home"])).toBe('applications["wiki.example"].home');
  expect(formatKeyPath(["a b"])).toBe('["a b"]');
  expect(formatKeyPath([])).toBe("");
});

test("shows control characters in keys instead of printing them", () => {
  expect(formatKeyPath(["a\u001b[2J"])).toBe('["a\\u001b[2J"]');
});

test("gives different paths different ids, whatever their keys hold", () => {
  expect(keyPathId(["a", "b"])).not.toBe(keyPathId(["a,b"]));
  expect(keyPathId(["a.b"])).not.toBe(keyPathId(["a", "b"]));
  expect(keyPathId(['a","b'])).not.toBe(keyPathId(["a", "b"]));
});
