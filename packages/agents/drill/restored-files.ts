import { lstat, opendir, readdir, readFile, readlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { isInside } from "../applications/files/trees.ts";
import type { FileKind, Host } from "../applications/host.ts";
import type { RestoredFiles } from "../applications/sanity/sanity.ts";

/** A tree of the archive, written out. */
export interface WrittenTree {
  label: string;
  /** Where it stood on the host. */
  source: string;
  /** The directory to which its members were relative there; for a single file the one above it. */
  root: string;
  /** Where that directory is now. */
  path: string;
}

const longestChain = 40;

/** Shows written trees as the host that they are from: by the paths of that time, which links in them follow too. */
export function createRestoredFiles(trees: readonly WrittenTree[], signal: AbortSignal): RestoredFiles {
  const byDepth = trees.toSorted((a, b) => b.root.length - a.root.length);
  const above = new Set(trees.flatMap(({ root }) => ancestors(root)));

  /** Where a path may be found: an inner tree comes before the one around it, which may have left it out. */
  const candidates = (path: string) =>
    byDepth.filter(({ root }) => isInside(path, root)).map((tree) => join(tree.path, relative(tree.root, path)));

  async function look(path: string): Promise<{ kind: FileKind | "link"; place: string } | undefined> {
    for (const place of candidates(path)) {
      const kind = await kindOf(place);
      if (kind !== undefined) return { kind, place };
    }
    return above.has(path) ? { kind: "directory", place: "" } : undefined;
  }

  async function realPath(path: string): Promise<string | undefined> {
    let left = resolve("/", path).split("/").slice(1);
    let real = "/";
    for (let links = 0; left.length > 0; ) {
      const [name = "", ...rest] = left;
      const next = join(real, name);
      const found = await look(next);
      if (found === undefined) return undefined;
      left = rest;
      if (found.kind !== "link") {
        real = next;
        continue;
      }
      links += 1;
      if (links > longestChain) return undefined;
      left = [
        ...resolve(real, await readlink(found.place))
          .split("/")
          .slice(1),
        ...rest,
      ];
      real = "/";
    }
    return real;
  }

  async function find(path: string) {
    const real = await realPath(path);
    return real === undefined ? undefined : await look(real);
  }

  const host: Host = {
    root: "/",
    environment: {},
    signal,
    locate: (path) => candidates(path)[0] ?? path,
    realPath,
    async kind(path) {
      const found = await find(path);
      return found?.kind === "link" ? undefined : found?.kind;
    },
    async readText(path) {
      const found = await find(path);
      if (found?.kind !== "file") return undefined;
      return (await readFile(found.place, { encoding: "utf8", signal })).replace(/^\uFEFF/, "");
    },
    async list(directory) {
      const real = await realPath(directory);
      if (real === undefined) return undefined;
      const names = await Promise.all(candidates(real).map(namesIn));
      const inner = trees
        .filter(({ root }) => dirname(root) === real)
        .map(({ root }) => root.slice(dirname(root).length));
      return [...new Set([...names.flat(), ...inner.map((name) => name.replace(/^\//, ""))])].sort();
    },
    findProgram: async () => undefined,
    processes: async () => [],
    async run(command) {
      throw new Error(`no programs run on restored files, such as ${command}`);
    },
  };
  return {
    host,
    root: (label) => trees.find((tree) => tree.label === label)?.source,
    async *walk(directory) {
      const real = await realPath(directory);
      if (real === undefined) return;
      for (const place of candidates(real)) yield* filesBelow(place, real);
    },
  };
}

function ancestors(path: string): string[] {
  return path === "/" ? ["/"] : [path, ...ancestors(dirname(path))];
}

async function* filesBelow(place: string, path: string): AsyncGenerator<string> {
  if ((await kindOf(place)) !== "directory") return;
  for await (const entry of await opendir(place)) {
    const next = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(join(place, entry.name), next);
    else if (entry.isFile()) yield next;
  }
}

async function kindOf(place: string): Promise<FileKind | "link" | undefined> {
  try {
    const stats = await lstat(place);
    if (stats.isSymbolicLink()) return "link";
    if (stats.isFile()) return "file";
    return stats.isDirectory() ? "directory" : "other";
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

async function namesIn(place: string): Promise<string[]> {
  try {
    return await readdir(place);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
