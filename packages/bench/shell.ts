import { describeOutcome, run } from "@catapullt/core/process/run";
import type { Round } from "./measure.ts";

/** Runs a shell pipeline; the shell's `times` tells the processor time of all that it started. */
export async function timePipeline(
  pipeline: string,
  args: readonly string[],
  directory: string,
): Promise<Round & { output: string }> {
  const startedAt = performance.now();
  const result = await run("bash", ["-o", "pipefail", "-ec", `${pipeline}; echo; times`, ...args], { directory });
  const seconds = (performance.now() - startedAt) / 1000;
  if (result.exitCode !== 0) throw new Error(`${pipeline}: ${describeOutcome(result)}: ${result.errorOutput}`);
  const output = result.output.toString();
  const children = output.trimEnd().split("\n").at(-1) ?? "";
  const processorSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest),
    0,
  );
  return { seconds, processorSeconds, output };
}
