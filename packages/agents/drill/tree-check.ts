import { lstat, readdir } from "node:fs/promises";
import type { ManifestTree } from "@catapullt/core/archive/manifest";

interface TreeFigures {
  files: number;
  directories: number;
  links: number;
  bytes: number;
}

/** Holds a tree as it was written out against the manifest. Empty where they are equal. */
export async function compareTree(recorded: ManifestTree, path: string): Promise<string[]> {
  const found = await countTree(path, recorded.directories > 0);
  const figures = ["files", "directories", "links", "bytes"] as const;
  return figures.flatMap((figure) =>
    found[figure] === recorded[figure] ? [] : [`has ${found[figure]} ${figure}, not ${recorded[figure]}`],
  );
}

// Like the archive's own figures: of a file with several names the first counts as a file, the others as links.
async function countTree(path: string, countsRoot: boolean): Promise<TreeFigures> {
  const figures = { files: 0, directories: countsRoot ? 1 : 0, links: 0, bytes: 0 };
  const linked = new Set<string>();
  const pending = [Buffer.from(path)];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true, encoding: "buffer" })) {
      const place = Buffer.concat([directory, Buffer.from("/"), entry.name]);
      if (entry.isDirectory()) {
        figures.directories += 1;
        pending.push(place);
        continue;
      }
      const { dev, ino, nlink, size } = await lstat(place);
      const identity = `${dev}/${ino}`;
      if (entry.isSymbolicLink() || (nlink > 1 && linked.has(identity))) {
        figures.links += 1;
        continue;
      }
      if (nlink > 1) linked.add(identity);
      figures.files += 1;
      figures.bytes += size;
    }
  }
  return figures;
}
