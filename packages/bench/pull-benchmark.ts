import type { Benchmark } from "./measure.ts";
import { benchmarkPull } from "./pull.ts";

export const pullBenchmark: Benchmark = {
  name: "pull",
  title: "an archive of 1 GB over loopback",
  async run(rounds) {
    const rows = await benchmarkPull({ rounds });
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
