import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandomBytes } from "@catapullt/testkit/random";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createArchive } from "../archive/writer.ts";
import { archiveOptions } from "./archive-fixture.ts";
import { runWithMounts, writeCommand } from "./archive-process.ts";

interface Failure {
  code: string;
  message: string;
  hint: string;
}

function createRoot(directory: string, bytes: number): string {
  const root = join(directory, "root");
  mkdirSync(root);
  writeFileSync(join(root, "content"), createRandomBytes(1)(bytes));
  return root;
}

/** Writes an archive to a file system of its own; returns what the writer said and what is left there. */
async function writeTo(
  mount: string,
  { directory, root }: { directory: string; root: string },
): Promise<Failure & { left: string[] }> {
  const target = join(directory, "work");
  mkdirSync(target);
  const script = `mount="$1"; target="$2"; shift 2; eval "$mount"; "$@" || true; find "$target" -mindepth 1 -printf '%P\\n'`;
  const request = writeCommand({ directory: join(target, "wiki"), root });
  const [result = "", ...left] = (await runWithMounts(script, [mount, target, ...request])).split("\n");
  return { ...(JSON.parse(result) as Failure), left };
}

// Each size is reached by another member: the first block, the middle of the tree, its end, the sidecar (the archive itself
// then fits to the page).
test.each([64, 512, 1024, 2048, 2052])(
  "fails clearly and leaves nothing when the disk is full at %i KiB",
  async (kilobytes) => {
    const directory = temporaryDirectory();
    const root = createRoot(directory, 2 * 1024 * 1024);
    const { code, message, hint, left } = await writeTo(`mount -t tmpfs -o size=${kilobytes}k none "$target"`, {
      directory,
      root,
    });
    expect(code).toBe("work-directory-unusable");
    expect(message).toMatch(/^the work directory .*\/work\/wiki is full after \d.* of the archive$/);
    expect(hint).toContain("free space");
    expect(left).toEqual(["wiki"]);
  },
);

test("leaves nothing when only the sidecar does not fit any more", async () => {
  const directory = temporaryDirectory();
  const root = createRoot(directory, 100_000);
  // Directory and archive take the only two inodes that are left, so that the sidecar gets none.
  const { code, left } = await writeTo('mount -t tmpfs -o nr_inodes=3 none "$target"', { directory, root });
  expect(code).toBe("work-directory-unusable");
  expect(left).toEqual(["wiki"]);
});

test("says that the work directory is mounted read-only", async () => {
  const directory = temporaryDirectory();
  const root = createRoot(directory, 1000);
  const { code, message, left } = await writeTo('mount -t tmpfs -o ro none "$target"', { directory, root });
  expect({ code, message }).toEqual({
    code: "work-directory-unusable",
    message: `the work directory ${directory}/work/wiki is mounted read-only`,
  });
  expect(left).toEqual([]);
});

test("refuses a work directory that is missing instead of making it", async () => {
  const directory = temporaryDirectory();
  await expect(createArchive(archiveOptions(join(directory, "not mounted", "wiki")))).rejects.toMatchObject({
    code: "work-directory-unusable",
    message: `the work directory ${directory}/not mounted/wiki does not exist`,
  });
});

test("refuses a work directory that is a file", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "wiki"), "");
  await expect(createArchive(archiveOptions(join(directory, "wiki")))).rejects.toMatchObject({
    code: "work-directory-unusable",
    message: `the work directory ${directory}/wiki is not a directory`,
  });
});
