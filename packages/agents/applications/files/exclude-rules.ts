import type { ApplicationSettings } from "../../config/application-schema.ts";
import type { ExcludeRule } from "../type.ts";
import type { CompletedTrees } from "./trees.ts";

const byConfiguration = "left out by the agent's configuration";

/**
 * Applies `files` of the configuration to the trees of a type: `include` takes back the type's own rules that have that
 * pattern, `exclude` adds rules to every tree. Returns warnings for patterns of `include` that take back nothing.
 */
export function applyFileRules(
  { trees, warnings }: CompletedTrees,
  files: ApplicationSettings["files"],
): CompletedTrees {
  const wanted = new Set(files.include.map(simplify));
  const rules = trees.flatMap((tree) => tree.exclude);
  const unused = files.include.filter((pattern) => !rules.some((rule) => simplify(rule.pattern) === simplify(pattern)));
  const added = files.exclude.map((pattern): ExcludeRule => ({ pattern, reason: byConfiguration }));
  return {
    trees: trees.map((tree) => ({
      ...tree,
      exclude: [...tree.exclude.filter((rule) => !wanted.has(simplify(rule.pattern))), ...added],
    })),
    warnings: [
      ...warnings,
      ...unused.map(
        (pattern) =>
          `files.include: no rule leaves out ${pattern}; the rules are ${rules.map((rule) => rule.pattern).join(", ") || "none"}`,
      ),
    ],
  };
}

// `index`, `index/` and `index/**` mean the same directory.
function simplify(pattern: string): string {
  return pattern.replace(/^\/+/, "").replace(/\/(?:\*\*)?$/, "");
}
