import { basename, dirname, join, relative, sep } from "node:path";
import { compilePatterns } from "@catapullt/core/archive/glob";
import type { Host } from "../host.ts";
import type { ApplicationTree, ExcludeRule } from "../type.ts";

/** A tree before its root is resolved and its label is made unique. */
export interface TreeDraft {
  label: string;
  root: string;
  include?: readonly string[];
  exclude?: readonly ExcludeRule[];
  keys?: readonly string[];
}

export interface CompletedTrees {
  trees: ApplicationTree[];
  /** Links that lead nowhere. */
  warnings: string[];
}

/**
 * Resolves the links in roots, adds what links at the top of a directory tree lead to outside of all trees (attachments
 * on another disk, say: the link alone would be saved otherwise), drops trees that another one holds already, and
 * makes labels unique. Roots that do not exist are left out.
 */
export async function completeTrees(host: Host, drafts: readonly TreeDraft[]): Promise<CompletedTrees> {
  const trees: ApplicationTree[] = [];
  const warnings: string[] = [];
  for (const draft of drafts) {
    const real = await host.realPath(draft.root);
    if (real !== undefined) trees.push(await completeTree(host, { ...draft, root: real }));
  }
  for (const tree of [...trees]) {
    const linked = await followLinks(host, tree);
    trees.push(...linked.trees);
    warnings.push(...linked.warnings);
  }
  const distinct = trees.filter(({ root }, index) => trees.findIndex((other) => other.root === root) === index);
  const outermost = distinct.filter((tree) => !distinct.some((other) => holds(other, tree)));
  const labels = uniqueNames(outermost.map(({ label }) => label));
  return {
    trees: outermost.map((tree, index) => ({
      ...tree,
      root: host.locate(tree.root),
      directory: host.locate(tree.directory),
      label: labels[index] ?? tree.label,
    })),
    warnings,
  };
}

/** Names that differ from each other and suit a directory: `uploads`, `uploads-2`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_") || "files";
    let unique = plain;
    for (let number = 2; taken.has(unique); number += 1) unique = `${plain}-${number}`;
    taken.add(unique);
    return unique;
  });
}

/** Leaves a SQLite database and its journals out of a tree that holds them: the dump has its content, consistent. */
export function databaseFileRules(root: string, file: string | undefined): ExcludeRule[] {
  if (file === undefined || file === root || !isInside(file, root)) return [];
  const pattern = relative(root, file).replace(/[\\*?[\]]/g, "\\$&");
  return ["", "-wal", "-shm", "-journal"].map((suffix) => ({
    pattern: `${pattern}${suffix}`,
    reason: "the database is dumped instead",
  }));
}

/** True for the directory itself too. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

async function completeTree(
  host: Host,
  { label, root, include = [], exclude = [], keys = [] }: TreeDraft,
): Promise<ApplicationTree> {
  const directory = (await host.kind(root)) === "directory" ? root : dirname(root);
  return { label, root, directory, include, exclude, keys };
}

async function followLinks(host: Host, tree: ApplicationTree): Promise<CompletedTrees> {
  const trees: ApplicationTree[] = [];
  const warnings: string[] = [];
  const names = tree.include.length > 0 ? tree.include : await listDirectory(host, tree);
  for (const name of names) {
    const path = join(tree.root, name);
    if (isExcluded(tree, path)) continue;
    const real = await host.realPath(path);
    if (real === undefined && (await isListed(host, path)))
      warnings.push(`${path} leads nowhere: is a disk not mounted?`);
    if (real === undefined || isInside(real, tree.root)) continue;
    const kind = await host.kind(real);
    if (kind === "directory" || kind === "file")
      trees.push(await completeTree(host, { label: basename(name), root: real }));
  }
  return { trees, warnings };
}

// What is only made when the backup begins is not there yet, and no link.
async function isListed(host: Host, path: string): Promise<boolean> {
  return ((await host.list(dirname(path))) ?? []).includes(basename(path));
}

async function listDirectory(host: Host, { root, directory }: ApplicationTree): Promise<string[]> {
  return root === directory ? ((await host.list(root)) ?? []) : [];
}

function holds(outer: ApplicationTree, inner: ApplicationTree): boolean {
  const isBelow = outer.root !== inner.root && isInside(inner.root, outer.root);
  return isBelow && outer.include.length === 0 && !isExcluded(outer, inner.root);
}

function isExcluded({ root, exclude }: ApplicationTree, path: string): boolean {
  let state = compilePatterns(exclude.map(({ pattern }) => pattern.replace(/\/\*\*$/, "")));
  for (const name of relative(root, path).split(sep)) state = state.enter(name, true);
  return state.match !== undefined;
}
