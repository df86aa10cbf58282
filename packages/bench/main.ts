import { styleText } from "node:util";
import { archiveWriterBenchmarks } from "./archive-writer.ts";
import { catalogBenchmark } from "./catalog.ts";
import type { Benchmark, BenchmarkRow } from "./measure.ts";
import { notifyBenchmark } from "./notify.ts";
import { pullBenchmarks } from "./pull-benchmark.ts";
import { restoreDumpBenchmark } from "./restore-dump.ts";

const benchmarks: readonly Benchmark[] = [
  ...archiveWriterBenchmarks,
  ...pullBenchmarks,
  restoreDumpBenchmark,
  catalogBenchmark,
  notifyBenchmark,
];
const defaultRounds = 5;

// `pnpm bench NAME [ROUNDS]`; without a name, the list of them.
const [name, rounds] = process.argv.slice(2);
const benchmark = benchmarks.find((candidate) => candidate.name === name);
if (benchmark === undefined) {
  for (const { name: known, title } of benchmarks) console.log(`${known.padEnd(16)}  ${title}`);
  process.exitCode = name === undefined ? 0 : 2;
} else {
  console.log(`${styleText("bold", benchmark.title)}, ${rounds ?? defaultRounds} rounds\n`);
  console.log(renderTable(await benchmark.run(rounds === undefined ? defaultRounds : Number(rounds))));
}

function renderTable(rows: readonly BenchmarkRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [
    columns,
    columns.map(() => "---"),
    ...rows.map((row) => columns.map((column) => (row[column] ?? "").replaceAll("|", "\\|"))),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
