import type { Benchmark } from "./measure.ts";
import { benchmarkPull, type PullBenchmarkOptions } from "./pull.ts";

/** Half of a round trip of 50 ms. */
const farAway = 25;

export const pullBenchmarks: readonly Benchmark[] = [
  pullBenchmark("pull", "an archive of 1 GB over loopback", { bytes: 1_000_000_000 }),
  pullBenchmark("pull-far", "an archive of 500 MB, 50 ms away", { bytes: 500_000_000, delay: farAway }),
  pullBenchmark("pull-many", "100 archives of 100 kB, 50 ms away", { bytes: 100_000, count: 100, delay: farAway }),
];

function pullBenchmark(name: string, title: string, options: Omit<PullBenchmarkOptions, "rounds">): Benchmark {
  return {
    name,
    title,
    async run(rounds) {
      const rows = await benchmarkPull({ ...options, rounds });
      return rows.map(({ tool, seconds, medianSeconds, megabytesPerSecond, timesArchiver }) => ({
        tool,
        min: `${Math.min(...seconds).toFixed(2)} s`,
        median: `${medianSeconds.toFixed(2)} s`,
        max: `${Math.max(...seconds).toFixed(2)} s`,
        rate: `${megabytesPerSecond.toFixed(0)} MB/s`,
        "times ours": timesArchiver.toFixed(2),
      }));
    },
  };
}
