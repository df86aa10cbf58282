import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import {
  archiveOptions,
  manifestOf,
  type SampleArchive,
  streamOf,
  treeOf,
  writeSampleArchive,
} from "../test/archive-fixture.ts";
import type { Manifest, ManifestDatabase, ManifestTree } from "./manifest.ts";
import type { Compression } from "./name.ts";
import { readManifest } from "./reader.ts";
import { formatSidecar } from "./sidecar.ts";
import { verifyArchive } from "./verify.ts";
import { createArchive } from "./writer.ts";

async function sample(change?: (manifest: Manifest) => Manifest): Promise<SampleArchive> {
  return writeSampleArchive(join(temporaryDirectory(), "archives"), change === undefined ? {} : { change });
}

test.each<Compression>(["zstd", "gzip", "none"])("tells what a whole archive holds (%s)", async (format) => {
  const { path, name, bytes, sha1, manifest } = await writeSampleArchive(join(temporaryDirectory(), "archives"), {
    format,
  });
  let progress = 0;
  const onProgress = (count: number) => {
    progress += count;
  };
  const { dumps, ...verified } = await verifyArchive(path, { onProgress });
  expect(verified).toEqual({ name, bytes, sha1, members: 9, manifest });
  expect([...dumps.keys()]).toEqual(["database/wiki.sql"]);
  expect(progress).toBe(bytes);
  expect(await readManifest(path)).toEqual(manifest);
});

test("gives the first and the last bytes of a dump, however it comes in pieces", async () => {
  const digits = "0123456789".repeat(100);
  for (const size of [0, 1, 100, 511, 512, 513, 600, 1000]) {
    const dump = digits.slice(0, size);
    const pieces = streamOf(dump.slice(0, 100), dump.slice(100, 150), dump.slice(150));
    const { path } = await writeSampleArchive(join(temporaryDirectory(), "archives"), { dump: pieces });
    const { head, tail, bytes } = (await verifyArchive(path)).dumps.get("database/wiki.sql") ?? {};
    expect([head?.toString(), tail?.toString(), bytes]).toEqual([dump.slice(0, 512), dump.slice(-512), size]);
  }
});

function withDatabase(change: Partial<ManifestDatabase>): (manifest: Manifest) => Manifest {
  return (manifest) => ({ ...manifest, databases: manifest.databases.map((database) => ({ ...database, ...change })) });
}

function withTree(change: Partial<ManifestTree>): (manifest: Manifest) => Manifest {
  return (manifest) => ({ ...manifest, trees: manifest.trees.map((tree) => ({ ...tree, ...change })) });
}

const otherSha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

test.each<[string, (manifest: Manifest) => Manifest, string]>([
  [
    "bytes of a dump",
    withDatabase({ bytes: 7 }),
    "the dump database/wiki.sql, bytes: the archive has 19, the manifest says 7",
  ],
  ["SHA1 of a dump", withDatabase({ sha1: otherSha1 }), `the manifest says ${otherSha1}`],
  [
    "parts of a dump",
    withDatabase({ parts: 2 }),
    "the dump database/wiki.sql, parts: the archive has 1, the manifest says 2",
  ],
  [
    "a dump that is not there",
    withDatabase({ member: "database/x.sql" }),
    "the dump database/x.sql is missing\nthe database database/wiki.sql is not in the manifest",
  ],
  ["files of a tree", withTree({ files: 3 }), "the tree home, files: the archive has 2, the manifest says 3"],
  [
    "directories of a tree",
    withTree({ directories: 1 }),
    "the tree home, directories: the archive has 3, the manifest says 1",
  ],
  ["links of a tree", withTree({ links: 1 }), "the tree home, links: the archive has 0, the manifest says 1"],
  ["bytes of a tree", withTree({ bytes: 1 }), "the tree home, bytes: the archive has 5017, the manifest says 1"],
  ["a tree of another label", withTree({ label: "x" }), "the tree x, files: the archive has 0, the manifest says 2"],
  [
    "the version",
    (manifest) => ({ ...manifest, version: { ...manifest.version, before: "2" } }),
    "VERSION: the archive has 1.2.3, the manifest says 2",
  ],
  [
    "the application",
    (manifest) => ({ ...manifest, application: "jira" }),
    "the application: the archive has wiki, the manifest says jira",
  ],
  [
    "an unknown form",
    (manifest) => ({ ...manifest, schemaVersion: 2 as 1 }),
    "its manifest.json is not one that this version knows (schemaVersion",
  ],
])("names what differs: %s", async (_, change, message) => {
  const { path } = await sample(change);
  await expect(verifyArchive(path)).rejects.toMatchObject({
    code: "archive-invalid",
    message: expect.stringContaining(message),
  });
});

test("names everything that differs at once", async () => {
  const { path } = await sample((manifest) => withTree({ files: 9 })(withDatabase({ bytes: 1 })(manifest)));
  const error = await verifyArchive(path).catch((reason: Error) => reason);
  expect((error as Error).message.split("\n")).toHaveLength(2);
});

test("refuses an archive without a sidecar, or with one that says something else", async () => {
  const { path, name } = await sample();
  writeFileSync(`${path}.sha1`, formatSidecar(otherSha1, name));
  await expect(verifyArchive(path)).rejects.toMatchObject({
    code: "archive-invalid",
    message: expect.stringMatching(/SHA1 is [0-9a-f]{40}, its sidecar says da39/),
  });
  rmSync(`${path}.sha1`);
  await expect(verifyArchive(path)).rejects.toMatchObject({
    code: "archive-invalid",
    message: expect.stringContaining("it has no sidecar"),
  });
});

test("refuses an archive that is missing", async () => {
  const { path, name } = await sample();
  renameSync(path, `${path}.moved`);
  writeFileSync(`${path}.sha1`, formatSidecar(otherSha1, name));
  await expect(verifyArchive(path)).rejects.toMatchObject({
    code: "archive-invalid",
    message: `there is no archive ${path}`,
  });
});

test.each<Compression>(["zstd", "gzip", "none"])(
  "finds every archive damaged that was cut off or changed anywhere (%s)",
  async (format) => {
    const { path } = await writeSampleArchive(join(temporaryDirectory(), "archives"), { format });
    const whole = readFileSync(path);
    for (let step = 1; step < 40; step += 1) {
      const position = Math.floor((whole.length * step) / 40);
      truncateSync(path, position);
      await expect(verifyArchive(path), `cut off at ${position}`).rejects.toMatchObject({ code: "archive-invalid" });
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(position) ^ 0x10, position);
      writeFileSync(path, changed);
      await expect(verifyArchive(path), `changed at ${position}`).rejects.toMatchObject({ code: "archive-invalid" });
      writeFileSync(path, whole);
    }
    await verifyArchive(path);
  },
);

test("refuses members that stand in another order or belong to no archive", async () => {
  const directory = join(temporaryDirectory(), "archives");
  const writer = await createArchive(archiveOptions(directory));
  writeFileSync(join(directory, "file"), "x");
  const tree = await writer.addTree(treeOf(join(directory, "file")));
  await writer.addContent("VERSION", "1.2.3\n");
  await writer.addContent("etc/passwd", "");
  const dump = await writer.addStream("database/wiki.sql", streamOf("x"));
  await writer.addContent("manifest.json", JSON.stringify(manifestOf([dump], [tree])));
  await writer.addContent("manifest.json", "{}");
  const { path } = await writer.finish();
  const { message } = (await verifyArchive(path).catch((reason: Error) => reason)) as Error;
  expect(message.split("\n").map((line) => line.replace(/^.*damaged: /, ""))).toEqual([
    "the member VERSION does not belong where it stands",
    "the member etc/passwd does not belong where it stands",
    "the member database/wiki.sql does not belong where it stands",
    "the member manifest.json does not belong where it stands",
    "it has no RESTORE.md",
    "VERSION: the archive has none, the manifest says 1.2.3",
    "the dump database/wiki.sql is missing",
  ]);
});

test("ends when it is told to", async () => {
  const { path } = await sample();
  await expect(verifyArchive(path, { signal: AbortSignal.abort(new Error("ended by SIGINT")) })).rejects.toThrow(
    "ended by SIGINT",
  );
});
