import { expect, it } from "vitest";
import { applyFileRules } from "./exclude-rules.ts";

const rule = (pattern: string) => ({ pattern, reason: "because" });
const tree = (label: string, ...patterns: string[]) => ({
  label,
  root: `/${label}`,
  directory: `/${label}`,
  include: [],
  exclude: patterns.map(rule),
  keys: [],
});

it("takes back rules, adds rules to every tree, and keeps earlier warnings", () => {
  const { trees, warnings } = applyFileRules(
    { trees: [tree("home", "index/**", "logs/**", "lock"), tree("shared", "logs/**")], warnings: ["earlier"] },
    { include: ["/logs/", "lock", "nothing"], exclude: ["**/temp/**"] },
  );
  expect(trees.map(({ exclude }) => exclude.map(({ pattern }) => pattern))).toEqual([
    ["index/**", "**/temp/**"],
    ["**/temp/**"],
  ]);
  expect(warnings).toEqual([
    "earlier",
    "files.include: no rule leaves out nothing; the rules are index/**, logs/**, lock, logs/**",
  ]);
});

it("changes nothing where the configuration says nothing", () => {
  const given = { trees: [tree("home", "index/**")], warnings: [] };
  expect(applyFileRules(given, { include: [], exclude: [] })).toEqual(given);
});
