import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { writeReport } from "@catapullt/core/report/write";
import { archiverConfigDescription } from "../config/schema.ts";
import { selectHosts } from "../config/select-hosts.ts";
import { eachAtOnce } from "../pull/each-at-once.ts";
import { createRunReport } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { examineHost } from "./host.ts";
import type { DoctorLine } from "./line.ts";
import { nextBytes } from "./next-archives.ts";
import { doctorResult } from "./render.ts";
import { examineVault } from "./vault.ts";

/** `archiver doctor [host...]`: what would fail tonight, and the fix. Nothing that it does stays. */
export async function doctor(context: CommandContext, named: string[]): Promise<CommandResult> {
  const { environment, configFile, log, signal } = context;
  const startedAt = new Date();
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const hosts = selectHosts(config, named);
  const vault = await openDirectoryVault(config.vault);
  const examined = await eachAtOnce(hosts, config.concurrency, async ([host, settings]) => {
    const stored = await vault.stored(host);
    const lines = await examineHost({ host, settings, config, vault, stored, environment, signal });
    return { lines, next: nextBytes(stored) };
  });
  const expectedBytes = examined.reduce((sum, { next }) => sum + next, 0);
  const lines = [...(await examineVault(vault, expectedBytes)), ...examined.flatMap((one) => one.lines)];
  await writeReport(
    createRunReport({ command: "doctor", startedAt, endedAt: new Date(), ...reported(lines) }),
    environment,
    log,
  );
  return doctorResult(lines);
}

function reported(lines: readonly DoctorLine[]) {
  const subject = ({ host }: DoctorLine) => (host === "" ? "vault" : host);
  return {
    warnings: lines
      .filter(({ status }) => status === "warn")
      .map((line) => `${subject(line)}: ${line.check}: ${line.message}`),
    failures: lines
      .filter(({ status }) => status === "fail")
      .map((line) => ({
        subject: subject(line),
        code: "doctor",
        message: `${line.check}: ${line.message}`,
        ...(line.fix === null ? {} : { hint: line.fix }),
      })),
  };
}
