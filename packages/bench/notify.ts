import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { median } from "@catapullt/core/statistics";
import { bundle } from "@catapullt/pack/bundle";
import { packedPrograms } from "@catapullt/pack/programs";
import { programFile } from "@catapullt/testkit/programs";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { type Benchmark, type BenchmarkRow, measureInTurns, type Round } from "./measure.ts";
import { timePipeline } from "./shell.ts";

/** Commands that print 100 MB: as fast as can be, in lines, and with some work for it. */
const commands: Readonly<Record<string, string>> = {
  nothing: "true",
  zeros: "head -c 100000000 /dev/zero",
  lines: "yes 'a line such as a program prints' | head -c 100000000",
  encoded: "head -c 74000000 /dev/urandom | base64",
};

/** What a start of notify is held against. */
const nodeAlone = formatCommandLine([process.execPath, "-e", "0"]);

export const notifyBenchmark: Benchmark = {
  name: "notify",
  title: "a command that prints 100 MB to a file, and one that prints nothing",
  async run(rounds) {
    const place = createTemporaryDirectory("bench-notify");
    try {
      const wrappers = await findWrappers(place.path);
      const rows: BenchmarkRow[] = [];
      const starts = new Map<string, number>();
      for (const [command, script] of Object.entries(commands)) {
        const results = await measureInTurns(toolsFor(script, wrappers, place.path), rounds);
        const bare = median(secondsOf(results.bare ?? [])) ?? 0;
        for (const [tool, measured] of Object.entries(results)) {
          const middle = median(secondsOf(measured)) ?? 0;
          if (command === "nothing") starts.set(tool, middle);
          rows.push(toRow({ tool, command, measured, bare, start: starts.get(tool) ?? 0 }));
        }
      }
      return rows;
    } finally {
      place.remove();
    }
  },
};

/** Command lines that end where the wrapped command begins. */
async function findWrappers(directory: string): Promise<Record<string, string>> {
  const configFile = join(directory, "notify.json");
  const transport = { type: "file", path: join(directory, "messages") };
  writeFileSync(configFile, JSON.stringify({ transports: [transport], stateDir: join(directory, "state") }));
  const line = (program: string, ...options: string[]) =>
    formatCommandLine([process.execPath, program, "--config", configFile, ...options, "--"]);
  const packed = await packNotify(join(directory, "packed"));
  const others = await Promise.all(["chronic", "cronic"].map((name) => findExecutable([name], process.env.PATH ?? "")));
  return Object.fromEntries([
    ["notify", line(packed)],
    ["notify --quiet-success", line(packed, "--quiet-success")],
    ["notify, from source", line(programFile("notify"))],
    ...others.flatMap((path) => (path === undefined ? [] : [[path.slice(path.lastIndexOf("/") + 1), path]])),
  ]);
}

/** notify as hosts have it; returns its file. */
async function packNotify(directory: string): Promise<string> {
  const program = packedPrograms.find(({ command }) => command === "notify");
  if (program === undefined) throw new Error("notify is not packed");
  const { entry } = await bundle(program, { directory, version: "0.0.0" });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  return join(directory, entry);
}

function toolsFor(
  script: string,
  wrappers: Record<string, string>,
  directory: string,
): Record<string, () => Promise<Round>> {
  const command = formatCommandLine(["sh", "-c", script]);
  const timed = (line: string) => () => timePipeline(`${line} > output`, [], directory);
  return {
    bare: timed(command),
    ...(script === commands.nothing
      ? { "node -e 0": timed(nodeAlone) }
      : { "bare, through cat": timed(`${command} | cat`) }),
    ...Object.fromEntries(Object.entries(wrappers).map(([name, wrapper]) => [name, timed(`${wrapper} ${command}`)])),
  };
}

interface Measured {
  tool: string;
  command: string;
  measured: readonly Round[];
  /** Seconds of the command alone, and of the wrapper with a command that does nothing. */
  bare: number;
  start: number;
}

function toRow({ tool, command, measured, bare, start }: Measured): BenchmarkRow {
  const seconds = secondsOf(measured);
  const middle = median(seconds) ?? 0;
  const processor = median(measured.map(({ processorSeconds = 0 }) => processorSeconds)) ?? 0;
  return {
    command,
    tool,
    min: `${Math.min(...seconds).toFixed(3)} s`,
    median: `${middle.toFixed(3)} s`,
    max: `${Math.max(...seconds).toFixed(3)} s`,
    "times bare": (middle / bare).toFixed(2),
    "times bare, without the start": command === "nothing" ? "" : ((middle - start) / bare).toFixed(2),
    "processor time": `${processor.toFixed(2)} s`,
  };
}

function secondsOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ seconds }) => seconds);
}
