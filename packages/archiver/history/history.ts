import { chartCharacters } from "@catapullt/core/chart";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { exitCodes } from "@catapullt/core/exit-codes";
import { openSelection, type Selection } from "../catalog/selection.ts";
import { archiverConfigDescription } from "../config/schema.ts";
import { checkOutputFile } from "../output/output-file.ts";
import { noteHostFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import type { Vault } from "../vault/vault.ts";
import { readEntries, readHistories, selectBackups } from "./backups.ts";
import { formatCsv } from "./csv.ts";
import { formatDetails } from "./details.ts";
import { exportMetrics } from "./export-metrics.ts";
import { metricsFile } from "./metrics-file.ts";
import { type HistoryArguments, type HistoryOptions, parseHistoryArguments } from "./options.ts";
import { type ApplicationOverview, formatOverview, overviewOf } from "./overview.ts";

interface HistoryRun extends Selection {
  context: CommandContext;
  vault: Vault;
  options: HistoryOptions;
  now: Date;
}

/** `archiver history [host...]` */
export async function history(
  context: CommandContext,
  names: string[],
  given: HistoryArguments,
): Promise<CommandResult> {
  const options = parseHistoryArguments(given);
  const { output } = options;
  if (output.kind === "prometheus") await checkOutputFile(metricsFile(output.file));
  const { config } = await loadConfig(archiverConfigDescription, {
    file: context.configFile,
    environment: context.environment,
  });
  const vault = await openDirectoryVault(config.vault);
  const wanted = { names, application: options.application };
  const selection = await openSelection({ vault, config, context }, wanted);
  const now = new Date();
  const exitCode = noteUnreadable(selection, context);
  try {
    if (output.kind === "prometheus") {
      await exportMetrics(output.file, { ...selection, config, context, vault, wanted, now });
      return { text: "", json: null, exitCode };
    }
    if (output.kind === "table" && !given.json) {
      return { text: formatTables({ ...selection, context, vault, options, now }), json: null, exitCode };
    }
    const entries = readEntries(selection.catalog, selection.applications, { now, since: options.since });
    return { text: output.kind === "csv" ? formatCsv(entries) : "", json: entries, exitCode };
  } finally {
    selection.catalog.close();
  }
}

// What is known of them is told nevertheless: it may only be out of date.
function noteUnreadable({ catalog }: Selection, { log }: CommandContext): number {
  for (const { host, error } of catalog.unreadable) noteHostFailure(host, error, log);
  return catalog.unreadable.length === 0 ? exitCodes.done : exitCodes.failed;
}

function formatTables({ catalog, applications, context, vault, options, now }: HistoryRun): string {
  const { environment, log } = context;
  const style = {
    characters: chartCharacters(environment),
    width: process.stdout.isTTY ? process.stdout.columns || undefined : undefined, // 0 where the terminal does not tell
  };
  const window = { now, since: options.since, log };
  const isOne = options.application !== undefined && applications.length === 1;
  const rows: ApplicationOverview[] = [];
  for (const known of readHistories(catalog, applications)) {
    const backups = selectBackups(known, window);
    if (isOne && backups.length > 0) return formatDetails(known, backups, style);
    rows.push(...overviewOf(known, backups));
  }
  return rows.length === 0 ? nothingFound(vault, options) : formatOverview(rows, style);
}

function nothingFound({ location }: Vault, { since }: HistoryOptions): string {
  return `no backups in ${location}${since === undefined ? "" : " within this time"}\n`;
}
