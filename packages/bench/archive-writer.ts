import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { generateText, generateTree } from "@catapullt/testkit/tree-generator";
import { type Benchmark, type BenchmarkRow, measureInTurns, type Round, toRows } from "./measure.ts";
import { timePipeline } from "./shell.ts";

const treeSize = { files: 20_000, bytes: 1_300_000_000 };
const dumpBytes = 2_000_000_000;
const child = fileURLToPath(new URL("./archive-child.ts", import.meta.url));

export const archiveWriterBenchmarks: readonly Benchmark[] = [
  {
    name: "archive-writer",
    title: "a tree of 20,000 files and 1.3 GB into an archive with its SHA1 (ours: with fsync)",
    run: (rounds) => withDirectory((directory) => benchmarkTree(directory, rounds)),
  },
  {
    name: "archive-dump",
    title: "a dump of 2 GB from a pipe into an archive with its SHA1 (ours: with fsync)",
    run: (rounds) => withDirectory((directory) => benchmarkDump(directory, rounds)),
  },
  {
    name: "archive-verify",
    title: "reading and checking an archive of 20,000 files and 1.3 GB (ours: with SHA1 and manifest)",
    run: (rounds) => withDirectory((directory) => benchmarkVerify(directory, rounds)),
  },
];

async function withDirectory(work: (directory: string) => Promise<BenchmarkRow[]>): Promise<BenchmarkRow[]> {
  const { path, remove } = createTemporaryDirectory("bench-archive");
  try {
    return await work(path);
  } finally {
    remove();
  }
}

async function benchmarkTree(directory: string, rounds: number): Promise<BenchmarkRow[]> {
  generateTree(join(directory, "tree"), treeSize);
  const results = await measureInTurns(
    {
      "archive writer": () => ours(directory, "tree"),
      "tar | zstd -3 -T2 | tee | sha1sum": () => shell(directory, "tar c tree | zstd -q -3 -T2 | tee out | sha1sum"),
    },
    rounds,
  );
  return toRows(results, treeSize.bytes);
}

async function benchmarkDump(directory: string, rounds: number): Promise<BenchmarkRow[]> {
  createDump(join(directory, "dump.sql"));
  const results = await measureInTurns(
    {
      "archive writer": () => ours(directory, "dump"),
      "cat | zstd -3 -T2 | tee | sha1sum": () => shell(directory, "cat dump.sql | zstd -q -3 -T2 | tee out | sha1sum"),
    },
    rounds,
  );
  return toRows(results, dumpBytes);
}

async function benchmarkVerify(directory: string, rounds: number): Promise<BenchmarkRow[]> {
  generateTree(join(directory, "tree"), treeSize);
  await ours(directory, "tree", { keep: true });
  const archive = join(
    "archives",
    readdirSync(join(directory, "archives")).find((name) => name.endsWith(".zst")) ?? "",
  );
  const results = await measureInTurns(
    {
      "archive verify": () => ours(directory, "verify", { keep: true }),
      "zstd -dc | tar t, then sha1sum -c": () =>
        shell(directory, `(zstd -dc ${archive} | tar t; cd archives; sha1sum -c *.sha1)`),
      "zstd -dc | tar t": () => shell(directory, `zstd -dc ${archive} | tar t`),
    },
    rounds,
  );
  return toRows(results, statSync(join(directory, archive)).size);
}

async function ours(directory: string, work: "tree" | "dump" | "verify", { keep = false } = {}): Promise<Round> {
  const pipeline = `${work === "dump" ? "cat dump.sql | " : ""}"$0" "$@"`;
  const { output, ...round } = await timePipeline(pipeline, [process.execPath, child, work], directory);
  if (!keep) rmSync(join(directory, "archives"), { recursive: true });
  return { ...round, peakMegabytes: (Number(/^\d+/.exec(output)?.[0]) * 1024) / 1e6 };
}

async function shell(directory: string, pipeline: string): Promise<Round> {
  const { output, ...round } = await timePipeline(`${pipeline} > sum`, [], directory);
  for (const name of ["out", "sum"]) rmSync(join(directory, name), { force: true });
  return round;
}

function createDump(path: string): void {
  const file = openSync(path, "w");
  const text = generateText(250_000_000);
  for (let written = 0; written < dumpBytes; written += text.length) writeSync(file, text);
  closeSync(file);
}
