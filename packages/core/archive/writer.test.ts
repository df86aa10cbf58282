import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createRandomBytes } from "@catapullt/testkit/random";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { archiveOptions, streamOf, treeOf, writeSampleArchive } from "../test/archive-fixture.ts";
import { readArchive } from "./reader.ts";
import { createArchive, removeLeftovers } from "./writer.ts";

async function members(path: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  await readArchive(path, {
    async onMember({ name, size }) {
      sizes[name] = size;
    },
  });
  return sizes;
}

function archivesDirectory(): string {
  return join(temporaryDirectory(), "archives");
}

test("works on a hidden part file and publishes archive and sidecar at the end only", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  await writer.addContent("VERSION", "1\n");
  expect(readdirSync(directory)).toEqual([".wiki_20261123T020000Z.tar.zst.part"]);
  const finished = await writer.finish();
  expect(readdirSync(directory)).toEqual(["wiki_20261123T020000Z.tar.zst", "wiki_20261123T020000Z.tar.zst.sha1"]);
  expect(finished.path).toBe(join(directory, finished.name));
  expect(finished.bytes).toBe(statSync(finished.path).size);
});

test("gives archive, sidecar and new directory the group that was asked for", async () => {
  const directory = archivesDirectory();
  const group = process.getuid?.() === 0 ? 34 : (process.getgid?.() ?? 0);
  const writer = await createArchive(archiveOptions(directory, { group }));
  const { path } = await writer.finish();
  for (const made of [directory, path, `${path}.sha1`]) expect(statSync(made).gid).toBe(group);
  expect(statSync(`${path}.sha1`).mode & 0o777).toBe(0o640);
});

test("leaves a directory that exists as it is", async () => {
  const directory = archivesDirectory();
  mkdirSync(directory);
  chmodSync(directory, 0o2770);
  await (await createArchive(archiveOptions(directory))).finish();
  expect(statSync(directory).mode & 0o7777).toBe(0o2770);
});

test("removes what was begun when it is given up, however often", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  await writer.addContent("VERSION", "1\n");
  await writer.abort();
  await writer.abort();
  expect(readdirSync(directory)).toEqual([]);
  await expect(writer.addContent("RESTORE.md", "")).rejects.toThrow("given up");
  await expect(writer.finish()).rejects.toThrow("given up");
});

test("keeps a finished archive when it is given up afterwards", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  await writer.finish();
  await writer.abort();
  expect(readdirSync(directory)).toHaveLength(2);
});

test("writes a stream that is empty, short or ends at a block's edge as one member", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  const empty = await writer.addStream("database/empty.sql", streamOf());
  const edge = await writer.addStream("database/edge.sql", streamOf(Buffer.alloc(1_048_576, 1)));
  const { path } = await writer.finish();
  expect(empty).toEqual({
    member: "database/empty.sql",
    parts: 1,
    bytes: 0,
    sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  });
  expect(edge).toMatchObject({ parts: 1, bytes: 1_048_576 });
  expect(await members(path)).toEqual({ "database/empty.sql": 0, "database/edge.sql": 1_048_576 });
});

test("splits a long stream into members that are numbered from 0001", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  const pieces = Array.from({ length: 40 }, (_, index) => createRandomBytes(index)(1_000_000));
  const summary = await writer.addStream("database/wiki.sql", streamOf(...pieces));
  await writer.addContent("manifest.json", "{}");
  const { path } = await writer.finish();
  const { "manifest.json": _, ...parts } = await members(path);
  expect(Object.keys(parts)).toEqual(
    Array.from({ length: summary.parts }, (_, index) => `database/wiki.sql.000${index + 1}`),
  );
  expect(summary.parts).toBeGreaterThan(1);
  expect(Object.values(parts).reduce((sum, size) => sum + size, 0)).toBe(40_000_000);
});

test("lets a source's error through, and every later call fails with it", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  const failure = new Error("the dump was killed");
  const source = async function* () {
    yield Buffer.alloc(3_000_000);
    throw failure;
  };
  await expect(writer.addStream("database/wiki.sql", source())).rejects.toBe(failure);
  await expect(writer.finish()).rejects.toBe(failure);
  await writer.abort();
  expect(readdirSync(directory)).toEqual([]);
});

test("ends at once when it is told to, though the source hangs", async () => {
  const directory = archivesDirectory();
  const controller = new AbortController();
  const writer = await createArchive(archiveOptions(directory, { signal: controller.signal }));
  let wasTold = false;
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      async return() {
        wasTold = true;
        return { value: undefined, done: true };
      },
    }),
  };
  const adding = writer.addStream("database/wiki.sql", source);
  const reason = new Error("ended by SIGTERM");
  controller.abort(reason);
  await expect(adding).rejects.toBe(reason);
  expect(wasTold).toBe(true);
  await writer.abort();
  expect(readdirSync(directory)).toEqual([]);
});

test("ends within a tree when it is told to", async () => {
  const directory = archivesDirectory();
  const root = `${directory}-tree`;
  mkdirSync(root);
  writeFileSync(join(root, "endless"), "");
  truncateSync(join(root, "endless"), 2 ** 42);
  const controller = new AbortController();
  const reason = new Error("ended by SIGTERM");
  let blocks = 0;
  const onProgress = () => {
    blocks += 1;
    if (blocks === 5) controller.abort(reason);
  };
  const writer = await createArchive(archiveOptions(directory, { signal: controller.signal, onProgress }));
  await expect(writer.addTree(treeOf(root))).rejects.toBe(reason);
  expect(blocks).toBeLessThan(20);
  await writer.abort();
  expect(readdirSync(directory)).toEqual([]);
});

test("begins nothing when it was told to end before", async () => {
  const directory = archivesDirectory();
  await expect(
    createArchive(archiveOptions(directory, { signal: AbortSignal.abort(new Error("ended")) })),
  ).rejects.toThrow("ended");
  expect(existsSync(directory)).toBe(false);
});

test("keeps the event loop free while it reads a tree", async () => {
  const directory = archivesDirectory();
  const root = `${directory}-tree`;
  mkdirSync(root);
  for (let index = 0; index < 30; index += 1)
    writeFileSync(join(root, String(index)), createRandomBytes(index)(2_000_000));
  const writer = await createArchive(archiveOptions(directory));
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await writer.addTree(treeOf(root));
  clearImmediate(timer);
  await writer.finish();
  expect(turns).toBeGreaterThan(100);
});

test("says how many bytes it has read", async () => {
  const directory = archivesDirectory();
  let bytesRead = 0;
  const onProgress = (bytes: number) => {
    bytesRead += bytes;
  };
  const writer = await createArchive(archiveOptions(directory, { onProgress }));
  await writer.addStream("database/wiki.sql", streamOf("x".repeat(1000)));
  expect(bytesRead).toBe(1000);
  writeFileSync(`${directory}-file`, "x".repeat(500));
  await writer.addFile("database/wiki.sqlite", `${directory}-file`);
  expect(bytesRead).toBe(1500);
  await writer.addTree(treeOf(`${directory}-file`));
  expect(bytesRead).toBeGreaterThanOrEqual(2000);
  await writer.finish();
});

test.each([
  ["is missing", "missing", /^.*\/missing cannot be read: ENOENT/],
  ["is a link", "link", /^.*\/link cannot be read: ELOOP/],
])("fails when a single file %s", async (_, name, message) => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  symlinkSync("/etc/hostname", join(directory, "link"));
  await expect(writer.addFile("database/x.sqlite", join(directory, name))).rejects.toMatchObject({
    code: "files-unreadable",
    message: expect.stringMatching(message),
  });
  await writer.abort();
});

test("refuses patterns that cannot be used before it reads anything", async () => {
  const directory = archivesDirectory();
  const writer = await createArchive(archiveOptions(directory));
  await expect(writer.addTree(treeOf(directory, { exclude: ["../x"] }))).rejects.toMatchObject({
    code: "config-invalid",
  });
  await writer.abort();
});

test("removes leftovers and returns their names; a directory that is missing has none", async () => {
  const directory = archivesDirectory();
  expect(await removeLeftovers(directory, "wiki")).toEqual([]);
  const { name } = await writeSampleArchive(directory);
  const leftovers = [".wiki_20261124T020000Z.tar.zst.part", "wiki_20261125T020000Z.tar.zst"];
  for (const leftover of leftovers) writeFileSync(join(directory, leftover), "");
  symlinkSync(name, join(directory, "wiki_20261126T020000Z.tar.zst"));
  mkdirSync(join(directory, "wiki_20261127T020000Z.tar.zst"));
  expect(await removeLeftovers(directory, "wiki")).toEqual(leftovers);
  expect(readdirSync(directory)).toEqual([
    name,
    `${name}.sha1`,
    "wiki_20261126T020000Z.tar.zst",
    "wiki_20261127T020000Z.tar.zst",
  ]);
});
