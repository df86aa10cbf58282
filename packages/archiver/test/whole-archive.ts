import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { createArchive } from "@catapullt/core/archive/writer";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import type { SampleArchive } from "./sample-archive.ts";

export interface WholeArchiveOptions {
  application?: string;
  time?: string;
  bytes?: number;
  /** Changes the manifest before it is written. */
  change?: (manifest: Manifest) => object;
}

/** Writes an archive as the agent does, with a manifest, into `<directory>/<application>`. */
export async function putWholeArchive(directory: string, options: WholeArchiveOptions = {}): Promise<SampleArchive> {
  const { application = "wiki", time = "2026-11-23T02:00:00Z", bytes = 10_000, change = (same) => same } = options;
  const members = createTemporaryDirectory("members");
  mkdirSync(join(directory, application), { recursive: true });
  try {
    writeFileSync(join(members.path, "data"), noise(bytes));
    const writer = await createArchive({
      directory: join(directory, application),
      application,
      time: new Date(time),
      compression: { format: "zstd", level: 1 },
      signal: new AbortController().signal,
    });
    await writer.addContent("VERSION", "7.19.4\n");
    await writer.addContent("RESTORE.md", "# How to restore\n");
    const { warnings, ...tree } = await writer.addTree({ label: "home", root: members.path, include: [], exclude: [] });
    const manifest: Manifest = {
      schemaVersion: 1,
      application,
      type: "generic",
      version: { before: "7.19.4", after: "7.19.4", sources: [] },
      host: "wiki01",
      startedAt: "2026-11-23T02:00:00.000Z",
      endedAt: "2026-11-23T02:00:09.000Z",
      tools: {},
      databases: [],
      trees: [tree],
      warnings,
    };
    await writer.addContent("manifest.json", JSON.stringify(change(manifest)));
    const { name, path, sha1 } = await writer.finish();
    return { application, name, path, content: readFileSync(path), sha1 };
  } finally {
    members.remove();
  }
}

/** Bytes that do not compress, the same for each length. */
function noise(bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 64) }, (_, index) =>
    createHash("sha512").update(String(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}
