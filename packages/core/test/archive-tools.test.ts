import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { addSpecialFiles, createAwkwardTree, createRandomTree } from "@catapullt/testkit/awkward-tree";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { generateText } from "@catapullt/testkit/tree-generator";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import type { Compression } from "../archive/name.ts";
import { verifyArchive } from "../archive/verify.ts";
import { createArchive } from "../archive/writer.ts";
import { archiveOptions, streamOf, treeOf, writeSampleArchive } from "./archive-fixture.ts";

const formats: Compression[] = ["zstd", "gzip", "none"];

// Runs a tool of the system; what it says on standard error is a failure too.
async function tool(
  name: "tar" | "zstd" | "gzip" | "sha1sum",
  args: readonly string[],
  directory: string,
): Promise<Buffer> {
  const { stdout, stderr } = await execa(systemProgram(name), args, {
    cwd: directory,
    encoding: "buffer",
    stripFinalNewline: false,
    env: { LC_ALL: "C.UTF-8" },
  });
  expect(Buffer.from(stderr).toString()).toBe("");
  return Buffer.from(stdout);
}

async function extract(archive: string): Promise<string> {
  const directory = join(dirname(archive), "extracted");
  mkdirSync(directory);
  await tool("tar", ["--numeric-owner", "--warning=no-timestamp", "-xpf", archive, "-C", directory], dirname(archive));
  return directory;
}

test.each(formats)("GNU tar restores an awkward tree byte by byte with its metadata (%s)", async (format) => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  createAwkwardTree(root);
  const { path } = await writeSampleArchive(join(directory, "archives"), { format, root });
  expect(describeTree(join(await extract(path), "files", "home"))).toEqual(describeTree(root));
});

test.each([1, 2, 3, 4, 5, 6])("GNU tar restores a random tree as it was (seed %i)", async (seed) => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  createRandomTree(root, seed);
  const { path } = await writeSampleArchive(join(directory, "archives"), { root });
  expect(describeTree(join(await extract(path), "files", "home"))).toEqual(describeTree(root));
});

test("coreutils and the compressors' own tests accept archives and sidecars", async () => {
  const directory = temporaryDirectory();
  const archives = join(directory, "archives");
  for (const format of formats) await writeSampleArchive(archives, { format });
  const names = readdirSync(archives).sort();
  expect(names).toHaveLength(6);
  const checked = await tool("sha1sum", ["-c", ...names.filter((name) => name.endsWith(".sha1"))], archives);
  expect(checked.toString().match(/: OK/g)).toHaveLength(3);
  await tool("zstd", ["-q", "-t", ...names.filter((name) => name.endsWith(".zst"))], archives);
  await tool("gzip", ["-t", ...names.filter((name) => name.endsWith(".gz"))], archives);
  for (const name of names) expect(statSync(join(archives, name)).mode & 0o777).toBe(0o640);
  expect(statSync(archives).mode & 0o777).toBe(0o750);
});

test("lists the members in the order of the contract", async () => {
  const directory = temporaryDirectory();
  const { path } = await writeSampleArchive(join(directory, "archives"));
  expect((await tool("tar", ["-tf", path], directory)).toString().split("\n")).toEqual([
    "VERSION",
    "RESTORE.md",
    "database/wiki.sql",
    "files/home/",
    "files/home/attachments/",
    "files/home/attachments/1/",
    "files/home/attachments/1/picture.png",
    "files/home/wiki.cfg.xml",
    "manifest.json",
    "",
  ]);
});

test("GNU tar puts a dump of several members together again", async () => {
  const directory = temporaryDirectory();
  const dump = Buffer.concat([generateText(3_000_000), Buffer.from("-- Dump completed\n")]);
  const pieces = Array.from({ length: 20 }, () => dump);
  const { path, manifest } = await writeSampleArchive(join(directory, "archives"), {
    format: "none",
    dump: streamOf(...pieces),
  });
  expect(manifest.databases[0]?.parts).toBeGreaterThan(3);
  expect(manifest.databases[0]?.bytes).toBe(20 * dump.length);
  expect((await tool("tar", ["-xOf", path, "database"], directory)).equals(Buffer.concat(pieces))).toBe(true);
  const listed = (await tool("tar", ["-tf", path, "--wildcards", "database/wiki.*"], directory)).toString();
  expect(listed.split("\n")[0]).toBe("database/wiki.sql.0001");
  await expect(verifyArchive(path)).resolves.toMatchObject({ members: 8 + (manifest.databases[0]?.parts ?? 0) });
});

test.each([
  ["one zstd frame", "zstd", ["-q", "-9"], "zst"],
  ["zstd frames without checksum and size", "zstd", ["-q", "--no-check", "--no-content-size"], "zst"],
  ["zstd with a long window", "zstd", ["-q", "--long=27"], "zst"],
  ["one gzip member", "gzip", ["-9"], "gz"],
] as const)("reads archives that were compressed anew as %s", async (_, program, args, suffix) => {
  const directory = temporaryDirectory();
  const { path, name } = await writeSampleArchive(join(directory, "archives"), {
    format: "none",
    dump: streamOf(generateText(9_000_000)),
  });
  const compressed = await execa(systemProgram(program), args, {
    inputFile: path,
    encoding: "buffer",
    stripFinalNewline: false,
    maxBuffer: 1e8,
  });
  const copy = join(directory, `${name}.${suffix}`);
  writeFileSync(copy, compressed.stdout);
  const sums = await tool("sha1sum", [`${name}.${suffix}`], directory);
  writeFileSync(`${copy}.sha1`, sums);
  expect((await verifyArchive(copy)).manifest.databases[0]?.bytes).toBe(9_000_000);
});

test("skips sockets, FIFOs and devices without opening them and notes each", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  mkdirSync(root);
  const { names, close } = await addSpecialFiles(root);
  onTestFinished(close);
  const { path, manifest } = await writeSampleArchive(join(directory, "archives"), { root });
  const reasons: Record<string, string> = { fifo: "a FIFO", socket: "a socket", device: "a character device" };
  expect(manifest.trees[0]?.skipped).toEqual(names.map((name) => ({ path: join(root, name), reason: reasons[name] })));
  expect(manifest.trees[0]?.skippedCount).toBe(names.length);
  expect((await tool("tar", ["-tf", path, "files"], directory)).toString()).toBe("files/home/\n");
});

test("saves a single file under its own name", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "app.ini"), "[database]\n");
  const { path, manifest } = await writeSampleArchive(join(directory, "archives"), {
    root: join(directory, "app.ini"),
  });
  expect((await tool("tar", ["-xOf", path, "files/home/app.ini"], directory)).toString()).toBe("[database]\n");
  expect(manifest.trees[0]).toMatchObject({ files: 1, directories: 0, bytes: 11 });
});

test("writes one file that was dumped before as one member", async () => {
  const directory = temporaryDirectory();
  const content = generateText(2_500_000);
  writeFileSync(join(directory, "gitea.db"), content);
  const writer = await createArchive(archiveOptions(join(directory, "archives")));
  const summary = await writer.addFile("database/gitea.sqlite", join(directory, "gitea.db"));
  const { path } = await writer.finish();
  expect(summary).toMatchObject({ member: "database/gitea.sqlite", parts: 1, bytes: 2_500_000 });
  expect((await tool("tar", ["-xOf", path, "database/gitea.sqlite"], directory)).equals(content)).toBe(true);
});

test("follows a root that is a link, and no link below it", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  createRandomTree(join(directory, "elsewhere"), 3);
  mkdirSync(root);
  await execa("ln", ["-s", join(directory, "elsewhere"), join(root, "inner")]);
  await execa("ln", ["-s", root, join(directory, "outer")]);
  const { path } = await writeSampleArchive(join(directory, "archives"), { root: join(directory, "outer") });
  expect((await tool("tar", ["-tvf", path, "files"], directory)).toString()).toMatch(
    /files\/home\/\n.*files\/home\/inner -> .*\n$/,
  );
});

test("goes on into what is mounted below the root", async () => {
  const directory = temporaryDirectory();
  const root = join(directory, "root");
  mkdirSync(join(root, "mounted"), { recursive: true });
  const script = `mount -t tmpfs none "${root}/mounted" && echo content > "${root}/mounted/file" &&
    "${process.execPath}" "${new URL("./write-archive.ts", import.meta.url).pathname}" "$1"`;
  const request = JSON.stringify({ directory: join(directory, "archives"), root });
  const user = process.getuid?.() === 0 ? [] : ["-r"];
  await execa(systemProgram("unshare"), [...user, "-m", "sh", "-euc", script, "sh", request]);
  const name = readdirSync(join(directory, "archives")).find((entry) => entry.endsWith(".zst")) ?? "";
  expect(
    (await tool("tar", ["-xOf", join(directory, "archives", name), "files/home/mounted/file"], directory)).toString(),
  ).toBe("content\n");
});

test("takes the next free second when a name is taken, and never overwrites", async () => {
  const directory = temporaryDirectory();
  const archives = join(directory, "archives");
  const first = await writeSampleArchive(archives);
  const content = readFileSync(first.path);
  renameSync(`${first.path}.sha1`, join(directory, "aside"));
  const second = await writeSampleArchive(archives);
  const third = await writeSampleArchive(archives);
  expect([first, second, third].map(({ name }) => name)).toEqual([
    "wiki_20261123T020000Z.tar.zst",
    "wiki_20261123T020001Z.tar.zst",
    "wiki_20261123T020002Z.tar.zst",
  ]);
  expect(readFileSync(first.path).equals(content)).toBe(true);
  const tree = await createArchive(archiveOptions(archives, { time: new Date("2026-11-23T02:00:02Z") }));
  await tree.addTree(treeOf(`${archives}-tree`));
  expect(tree.name).toBe("wiki_20261123T020003Z.tar.zst");
  await tree.abort();
});
