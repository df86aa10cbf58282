import { expect, it } from "vitest";
import type { ApplicationTree, LocatedApplication } from "../applications/type.ts";
import { separateKeys } from "./separate-keys.ts";

const rule = { pattern: "log/**", reason: "logs" };

function tree(label: string, keys: string[]): ApplicationTree {
  return { label, root: `/srv/${label}`, directory: `/srv/${label}`, include: [], exclude: [rule], keys };
}

function application(keys: LocatedApplication["keys"], ...trees: ApplicationTree[]): LocatedApplication {
  return {
    name: "wiki",
    type: "confluence",
    home: "/srv/home",
    install: undefined,
    evidence: [],
    databases: [{ engine: "sqlite", name: "wiki", file: "/srv/wiki.db", skip: [] }],
    trees,
    consistency: undefined,
    keys,
    warnings: [],
    captureVersion: async () => ({ value: "1", sources: [], warnings: [] }),
    restoreNotes: () => ["Start it."],
  };
}

it("leaves everything together unless the configuration wants it apart", () => {
  const given = application("included", tree("home", ["keys/**"]));
  expect(separateKeys(given)).toEqual({ main: given, keys: undefined });
});

it("leaves a type without keys as it is", () => {
  const given = application("separate", tree("home", []));
  expect(separateKeys(given)).toEqual({ main: given, keys: undefined });
});

it("parts each tree into its keys and the rest, without a file in both or in none", () => {
  const { main, keys } = separateKeys(application("separate", tree("home", ["keys/**", "secret"]), tree("data", [])));
  expect(main.trees.map(({ label, exclude }) => [label, exclude.map(({ pattern }) => pattern)])).toEqual([
    ["home", ["log/**", "keys/**", "secret"]],
    ["data", ["log/**"]],
  ]);
  expect(keys).toMatchObject({
    name: "wiki-keys",
    type: "confluence",
    databases: [],
    trees: [{ label: "home", include: ["keys/**", "secret"], exclude: [rule] }],
  });
});

it("says in both guides where the other part is", () => {
  const { main, keys } = separateKeys(application("separate", tree("home", ["keys/**"])));
  expect(main.restoreNotes("1")).toEqual([expect.stringContaining("wiki-keys"), "Start it."]);
  expect(keys?.restoreNotes("1")).toEqual([expect.stringContaining("keys of wiki")]);
});
