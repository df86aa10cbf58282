import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAwkwardTree, createRandomTree } from "@catapullt/testkit/awkward-tree";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import { writeSampleArchive } from "../../test/archive-fixture.ts";
import { readArchive } from "../reader.ts";
import { encodeTarHeader, endOfArchive, paddingSize, type TarEntry } from "../tar/tar-header.ts";
import { createTreeExtractor, type TreeExtractorOptions } from "./extract-tree.ts";

const plenty = { files: 1e6, directories: 1e6, links: 1e6, bytes: 1e12 };

async function extract(path: string, options: Partial<TreeExtractorOptions> = {}): Promise<string> {
  const directory = temporaryDirectory("extracted");
  const extractor = await createTreeExtractor({
    directory,
    prefix: "files",
    limits: plenty,
    environment: process.env,
    signal: new AbortController().signal,
    ...options,
  });
  try {
    await readArchive(path, {
      async onMember(member, content) {
        if (member.name.startsWith("files/")) await extractor.add(member, content);
      },
    });
    await extractor.finish();
  } finally {
    await extractor.abort();
  }
  return directory;
}

interface HandMade extends Partial<TarEntry> {
  content?: string;
}

/** A tar file of members that the writer would never make. */
function handMadeArchive(...members: HandMade[]): string {
  const path = join(temporaryDirectory("hostile"), "hostile.tar");
  const pieces = members.flatMap(({ content = "", ...entry }) => [
    encodeTarHeader({
      name: "",
      type: "file",
      size: content.length,
      mode: 0o644,
      uid: 0,
      gid: 0,
      userName: "",
      groupName: "",
      modifiedAt: 0n,
      linkName: "",
      ...entry,
    }),
    Buffer.from(content),
    Buffer.alloc(paddingSize(content.length)),
  ]);
  writeFileSync(path, Buffer.concat([...pieces, endOfArchive]));
  return path;
}

const home: HandMade = { name: "files/home", type: "directory", mode: 0o755 };

describe("an extraction", () => {
  test("brings a tree back byte by byte: names, links, owners, modes, times", async () => {
    const root = join(temporaryDirectory("source"), "tree");
    createAwkwardTree(root);
    const { path } = await writeSampleArchive(temporaryDirectory("archive"), { root });
    expect(describeTree(join(await extract(path), "home"))).toEqual(describeTree(root));
  });

  test.each([1, 2, 3])("brings a random tree back (%i)", async (seed) => {
    const root = join(temporaryDirectory("source"), "tree");
    createRandomTree(root, seed);
    const { path } = await writeSampleArchive(temporaryDirectory("archive"), { root });
    expect(describeTree(join(await extract(path), "home"))).toEqual(describeTree(root));
  });

  test("writes nothing through a link of the archive's", async () => {
    const outside = temporaryDirectory("outside");
    const path = handMadeArchive(
      home,
      { name: "files/home/link", type: "symlink", linkName: outside },
      { name: "files/home/link/planted", content: "planted" },
    );
    await expect(extract(path)).rejects.toMatchObject({ code: "archive-unsafe" });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("writes nothing through a directory whose place a link takes later", async () => {
    const outside = temporaryDirectory("outside");
    const path = handMadeArchive(
      home,
      { name: "files/home/d", type: "directory", mode: 0o755 },
      { name: "files/home/d", type: "symlink", linkName: outside },
      { name: "files/home/d/planted", content: "planted" },
    );
    await expect(extract(path)).rejects.toMatchObject({ code: "restore-failed" });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("writes nothing through a hard link to a link", async () => {
    const outside = join(temporaryDirectory("outside"), "file");
    writeFileSync(outside, "safe");
    const path = handMadeArchive(
      home,
      { name: "files/home/link", type: "symlink", linkName: outside },
      { name: "files/home/other", type: "hardlink", linkName: "files/home/link" },
      { name: "files/home/other", content: "overwritten" },
    );
    await expect(extract(path)).rejects.toMatchObject({ code: "restore-failed" });
    expect(readFileSync(outside, "utf8")).toBe("safe");
  });

  test("refuses a member that is there twice", async () => {
    const path = handMadeArchive(home, { name: "files/home/a", content: "1" }, { name: "files/home/a", content: "2" });
    await expect(extract(path)).rejects.toMatchObject({
      code: "restore-failed",
      message: expect.stringContaining("home/a: Cannot open: File exists"),
    });
  });

  test("leaves options for tar in the environment alone", async () => {
    const root = join(temporaryDirectory("source"), "tree");
    mkdirSync(root);
    writeFileSync(join(root, "a"), "a");
    const { path } = await writeSampleArchive(temporaryDirectory("archive"), { root });
    const environment = { ...process.env, TAR_OPTIONS: "--exclude=a" };
    expect(readdirSync(join(await extract(path, { environment }), "home"))).toEqual(["a"]);
  });

  test("says that GNU tar is missing", async () => {
    const path = handMadeArchive(home);
    await expect(extract(path, { environment: { PATH: "/nonexistent" } })).rejects.toMatchObject({
      code: "tool-missing",
      hint: expect.stringContaining("apt-get install tar"),
    });
  });
});
