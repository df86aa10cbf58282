import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgramFile } from "@catapullt/testkit/programs";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { fillVault, type VaultSize } from "./catalog-vault.ts";
import type { Benchmark } from "./measure.ts";

const size: VaultSize = { hosts: 1000, applications: 10, archives: 60 };
const one = ["host0500", "--application", "app03"];

/** Whole processes, with their start, on a catalog that is up to date but for the rebuild. */
const commands: readonly (readonly string[])[] = [
  ["list", ...one],
  ["history", ...one],
  ["check", ...one],
  ["prune", "--dry-run"],
];

export const catalogBenchmark: Benchmark = {
  name: "catalog",
  title: `a vault of ${size.hosts} hosts with ${size.applications} applications and ${size.archives} archives each`,
  async run(rounds) {
    const place = createTemporaryDirectory("bench-catalog");
    try {
      const configFile = prepareVault(place.path);
      const measure = (args: readonly string[]) => timeProgram(["--config", configFile, ...args], place.path);
      const rebuild = await measure(["catalog", "rebuild"]);
      const rows = [toRow("catalog rebuild", [rebuild])];
      await measure(["prune", "--dry-run"]); // the directories' stamps settle
      for (const command of commands) {
        const seconds: number[] = [];
        for (let round = 0; round < rounds; round += 1) seconds.push(await measure(command));
        rows.push(toRow(command.join(" "), seconds));
      }
      const plans: number[] = [];
      for (let round = 0; round < rounds; round += 1) plans.push(await timePlan(configFile));
      rows.push(toRow("the plan alone, as `prune -v` tells", plans));
      return rows;
    } finally {
      place.remove();
    }
  },
};

function prepareVault(directory: string): string {
  const vault = join(directory, "vault");
  fillVault(vault, size);
  const hosts = Array.from({ length: size.hosts }, (_, index) => {
    const expect = { app03: { every: "24h", grace: "48h" } };
    return [`host${String(index).padStart(4, "0")}`, { type: "local", path: join(directory, "work"), expect }];
  });
  const retention = { last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 };
  const configFile = join(directory, "archiver.json");
  writeFileSync(
    configFile,
    JSON.stringify({ vault, retention, stateDir: join(directory, "state"), hosts: Object.fromEntries(hosts) }),
  );
  return configFile;
}

async function timeProgram(args: readonly string[], directory: string): Promise<number> {
  const startedAt = performance.now();
  const { exitCode, stdout, stderr } = await runProgramFile("archiver", args, { directory, timeout: 600_000 });
  // A finding of `check` is a result too.
  if (exitCode !== 0 && stdout === "") throw new Error(`archiver ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
  return (performance.now() - startedAt) / 1000;
}

/** Without the start of the process, and without printing hundreds of thousands of lines. */
async function timePlan(configFile: string): Promise<number> {
  const args = ["--config", configFile, "--verbose", "prune", "--dry-run"];
  const { stderr } = await runProgramFile("archiver", args, { timeout: 600_000 });
  const seconds = /planned for \d+ archives.*seconds="?([\d.]+)/.exec(stderr)?.[1];
  if (seconds === undefined) throw new Error(`prune did not tell how long its plan took: ${stderr}`);
  return Number(seconds);
}

function toRow(tool: string, seconds: readonly number[]) {
  const sorted = [...seconds].sort((left, right) => left - right);
  const format = (value: number | undefined) => `${(value ?? 0).toFixed(2)} s`;
  return { tool, min: format(sorted[0]), median: format(sorted[sorted.length >>> 1]), max: format(sorted.at(-1)) };
}
