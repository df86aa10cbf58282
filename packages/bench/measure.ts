import { median } from "@catapullt/core/statistics";

/** One tool's figures, ready to be printed. */
export interface BenchmarkRow {
  tool: string;
  [column: string]: string;
}

export interface Benchmark {
  name: string;
  title: string;
  /** Runs it and returns a row for each tool. */
  run(rounds: number): Promise<BenchmarkRow[]>;
}

export interface Round {
  seconds: number;
  /** Of all processes together, user and system. */
  processorSeconds?: number;
  /** Largest resident memory of the process, in MB, where it is one process. */
  peakMegabytes?: number;
}

/** Runs every tool once per round, in turns, so that a change of the machine's load meets all of them. */
export async function measureInTurns<Tool extends string>(
  tools: Record<Tool, () => Promise<Round>>,
  rounds: number,
): Promise<Record<Tool, Round[]>> {
  const names = Object.keys(tools) as Tool[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Round[]])) as Record<Tool, Round[]>;
  for (let round = 0; round < rounds; round += 1) for (const name of names) results[name].push(await tools[name]());
  return results;
}

/** Rows with times, rate, the multiple of the first tool's median time, and peak memory where it is known. */
export function toRows(results: Record<string, Round[]>, bytes: number): BenchmarkRow[] {
  const first = median(secondsOf(Object.values(results)[0] ?? [])) ?? 0;
  return Object.entries(results).map(([tool, rounds]) => {
    const seconds = secondsOf(rounds);
    const middle = median(seconds) ?? 0;
    const peaks = rounds.flatMap(({ peakMegabytes }) => (peakMegabytes === undefined ? [] : [peakMegabytes]));
    const processor = rounds.flatMap(({ processorSeconds }) =>
      processorSeconds === undefined ? [] : [processorSeconds],
    );
    return {
      tool,
      min: `${Math.min(...seconds).toFixed(2)} s`,
      median: `${middle.toFixed(2)} s`,
      max: `${Math.max(...seconds).toFixed(2)} s`,
      rate: `${(bytes / 1e6 / middle).toFixed(0)} MB/s`,
      "times ours": (middle / first).toFixed(2),
      "processor time": processor.length === 0 ? "" : `${(median(processor) ?? 0).toFixed(2)} s`,
      "peak memory": peaks.length === 0 ? "" : `${Math.max(...peaks).toFixed(0)} MB`,
    };
  });
}

function secondsOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ seconds }) => seconds);
}
