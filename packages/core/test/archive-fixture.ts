import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../archive/manifest.ts";
import type { Compression } from "../archive/name.ts";
import type { StreamSummary } from "../archive/output/stream-members.ts";
import type { TreeRequest, TreeSummary } from "../archive/tree/tree-request.ts";
import {
  type ArchiveWriter,
  type ArchiveWriterOptions,
  createArchive,
  type FinishedArchive,
} from "../archive/writer.ts";

export const sampleTime = new Date("2026-11-23T02:00:00Z");

export function archiveOptions(directory: string, options: Partial<ArchiveWriterOptions> = {}): ArchiveWriterOptions {
  return {
    directory,
    application: "wiki",
    time: sampleTime,
    compression: { format: "zstd", level: 3 },
    signal: new AbortController().signal,
    ...options,
  };
}

export function treeOf(root: string, request: Partial<TreeRequest> = {}): TreeRequest {
  return { label: "home", root, include: [], exclude: [], ...request };
}

/** Bytes in pieces, as a dump comes. */
export async function* streamOf(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece as string);
}

export function manifestOf(databases: readonly StreamSummary[], trees: readonly TreeSummary[]): Manifest {
  return {
    schemaVersion: 1,
    application: "wiki",
    type: "generic",
    version: { before: "1.2.3", after: "1.2.3", sources: [{ source: "program files", value: "1.2.3" }] },
    host: "wiki01",
    startedAt: "2026-11-23T02:00:00.000Z",
    endedAt: "2026-11-23T02:00:09.000Z",
    tools: { "backup-agent": "0.1.0" },
    databases: databases.map((summary) => ({
      ...summary,
      name: "wiki",
      engine: "mariadb",
      serverVersion: "10.11.19",
      dumpTool: "mariadb-dump 10.11.19",
      tables: [],
    })),
    trees: trees.map(({ warnings, ...tree }) => tree),
    warnings: trees.flatMap(({ warnings }) => warnings),
  };
}

export interface SampleArchive extends FinishedArchive {
  manifest: Manifest;
}

export interface SampleOptions {
  format?: Compression;
  /** The tree that it holds; a small one of its own if absent. */
  root?: string;
  dump?: AsyncIterable<Uint8Array>;
  /** Changes the manifest before it is written. */
  change?: (manifest: Manifest) => Manifest;
}

/** Writes a whole archive as the agent does. */
export async function writeSampleArchive(directory: string, options: SampleOptions = {}): Promise<SampleArchive> {
  const {
    format = "zstd",
    root = createSmallTree(`${directory}-tree`),
    dump = streamOf("CREATE TABLE page;\n"),
  } = options;
  const compression = { format, level: format === "gzip" ? 6 : 3 };
  const writer = await createArchive(archiveOptions(directory, { compression }));
  try {
    return await fill(writer, { root, dump, change: options.change ?? ((manifest) => manifest) });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function fill(
  writer: ArchiveWriter,
  { root, dump, change }: Required<Omit<SampleOptions, "format">>,
): Promise<SampleArchive> {
  await writer.addContent("VERSION", "1.2.3\n");
  await writer.addContent("RESTORE.md", "# How to restore\n");
  const database = await writer.addStream("database/wiki.sql", dump);
  const tree = await writer.addTree(treeOf(root));
  const manifest = change(manifestOf([database], [tree]));
  await writer.addContent("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...(await writer.finish()), manifest };
}

function createSmallTree(root: string): string {
  mkdirSync(join(root, "attachments", "1"), { recursive: true });
  writeFileSync(join(root, "attachments", "1", "picture.png"), Buffer.alloc(5000, 7));
  writeFileSync(join(root, "wiki.cfg.xml"), "<configuration/>\n");
  return root;
}
