import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { writeReport } from "@catapullt/core/report/write";
import { archiverConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { selectHeldHosts } from "../vault/select-held-hosts.ts";
import { parseVerifyArguments, type VerifyArguments } from "./options.ts";
import type { VerifyRun } from "./outcome.ts";
import { lowerPriority } from "./priority.ts";
import { verifyResult } from "./render.ts";
import { runVerify } from "./run.ts";

/** `archiver verify [host...]` */
export async function verify(context: CommandContext, names: string[], given: VerifyArguments): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const options = parseVerifyArguments(given);
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const startedAt = new Date();
  const report = (facts: Pick<Parameters<typeof createRunReport>[0], "warnings" | "failures">) =>
    writeReport(createRunReport({ command: "verify", startedAt, endedAt: new Date(), ...facts }), environment, log);
  try {
    const vault = await openDirectoryVault(config.vault);
    const hosts = await selectHeldHosts(vault, config, names);
    await lowerPriority(log);
    const run = await runVerify({ vault, config, hosts, options }, context);
    await report(troubleOf(run));
    return verifyResult(run);
  } catch (error) {
    await report({ warnings: [], failures: [describeFailure(error)] });
    throw error;
  }
}

function troubleOf({ outcomes, failures }: VerifyRun) {
  return {
    warnings: outcomes.flatMap(({ host, warning }) => (warning === undefined ? [] : `${host}: ${warning}`)),
    failures: [...failures, ...outcomes.flatMap(({ failure }) => failure ?? [])],
  };
}
