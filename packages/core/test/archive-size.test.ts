import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { generateTree } from "@catapullt/testkit/tree-generator";
import { execa } from "execa";
import { expect, test } from "vitest";
import { readArchive } from "../archive/reader.ts";
import { writeSampleArchive } from "./archive-fixture.ts";
import { startWriting } from "./archive-process.ts";

const megabyte = 1024; // in kilobytes

test("keeps a file larger than 8 GiB", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  const size = 8 * 1024 ** 3 + 12_345;
  mkdirSync(root);
  writeFileSync(join(root, "large"), "");
  truncateSync(join(root, "large"), size);
  const { path, manifest } = await writeSampleArchive(join(directory, "archives"), { root });
  expect(manifest.trees[0]?.bytes).toBe(size);
  const sizes: Record<string, number> = {};
  await readArchive(path, {
    async onMember({ name, size }) {
      sizes[name] = size;
    },
  });
  expect(sizes["files/home/large"]).toBe(size);
  const { stdout } = await execa(systemProgram("tar"), ["-tvf", path, "files/home/large"]);
  expect(stdout).toContain(` ${size} `);
});

test("stays under 200 MB of memory with a large dump and a large tree", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  generateTree(root, { files: 3000, bytes: 300_000_000 });
  const { exitCode, stdout } = await startWriting({
    directory: join(directory, "archives"),
    root,
    dumpBytes: 600_000_000,
  });
  const { peakKilobytes, database } = JSON.parse(stdout) as { peakKilobytes: number; database: { bytes: number } };
  expect(exitCode).toBe(0);
  expect(database.bytes).toBe(600_000_000);
  expect(peakKilobytes).toBeLessThan(200 * megabyte * (1000 / 1024));
});
