import { relative } from "node:path";
import { isInside } from "../../files/trees.ts";
import type { ExcludeRule } from "../../type.ts";

/** The rules of a directory as they are written for a tree that holds it; none where the tree does not. */
export function rulesWithin(root: string, directory: string, rules: readonly ExcludeRule[]): ExcludeRule[] {
  if (!isInside(directory, root)) return [];
  const path = relative(root, directory).replace(/[\\*?[\]]/g, "\\$&");
  return rules.map(({ pattern, reason }) => ({ pattern: path === "" ? pattern : `${path}/${pattern}`, reason }));
}
