import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { generateTree } from "@catapullt/testkit/tree-generator";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { writeSampleArchive } from "./archive-fixture.ts";
import { startWriting } from "./archive-process.ts";

test("keeps a file larger than 8 GiB", async () => {
  // Holes of a file in memory cost nothing to read; a disk's file system would fill the page cache with them.
  const sparse = mkdtempSync("/dev/shm/backup-tools-");
  onTestFinished(() => rmSync(sparse, { recursive: true }));
  const size = 8 * 1024 ** 3 + 12_345;
  writeFileSync(join(sparse, "large"), "");
  truncateSync(join(sparse, "large"), size);
  const directory = temporaryDirectory();
  const { path, manifest } = await writeSampleArchive(join(directory, "archives"), { root: sparse });
  expect(manifest.trees[0]?.bytes).toBe(size);
  const { stdout } = await execa(systemProgram("tar"), ["-tvf", path]);
  expect(stdout).toMatch(new RegExp(` ${size} .* files/home/large\n.* manifest.json$`));
}, 300_000);

test("stays under 200 MB of memory with a large dump and a large tree", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  generateTree(root, { files: 2000, bytes: 200_000_000 });
  const { exitCode, stdout } = await startWriting({
    directory: join(directory, "archives"),
    root,
    dumpBytes: 400_000_000,
  }).result;
  const { peakKilobytes, database } = JSON.parse(stdout) as { peakKilobytes: number; database: { bytes: number } };
  expect(exitCode).toBe(0);
  expect(database.bytes).toBe(400_000_000);
  expect(peakKilobytes).toBeLessThan(195_000);
});
