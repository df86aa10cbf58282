import type { CommandContext } from "@catapullt/core/cli/program";
import type { ApplicationId } from "../catalog/catalog.ts";
import { expectedApplications, type Selection, selectApplications, type Wanted } from "../catalog/selection.ts";
import type { ArchiverConfig } from "../config/schema.ts";
import { writeOutputFile } from "../output/output-file.ts";
import type { Vault } from "../vault/vault.ts";
import { readHistories } from "./backups.ts";
import { type ApplicationFacts, formatMetrics } from "./metrics.ts";
import { metricsFile } from "./metrics-file.ts";

export interface MetricsExport extends Selection {
  config: ArchiverConfig;
  context: CommandContext;
  vault: Vault;
  wanted: Wanted;
  now: Date;
}

/** Writes the metrics of what the vault holds, and of what is expected to be there. Fails with `output-failed`. */
export async function exportMetrics(file: string, run: MetricsExport): Promise<void> {
  const isWhole = run.wanted.names.length === 0 && run.wanted.application === undefined;
  const content = formatMetrics({
    applications: gatherFacts(run),
    // Files of several parts of one vault must not have a series in common: node_exporter would refuse them.
    freeBytes: isWhole ? await run.vault.freeBytes() : undefined,
    now: run.now,
  });
  await writeOutputFile(metricsFile(file), content);
  run.context.log.info(`wrote ${file}`);
}

function* gatherFacts({ catalog, applications, config, wanted }: MetricsExport): Iterable<ApplicationFacts> {
  const expected = new Map(selectApplications(expectedApplications(config), wanted).map((id) => [keyOf(id), id]));
  for (const known of readHistories(catalog, applications)) {
    const isExpected = expected.delete(keyOf(known));
    const isHeld = known.history.some(({ goneAt }) => goneAt === undefined);
    if (isExpected || isHeld) yield { ...known, lastProof: catalog.lastProof(known), expected: isExpected };
  }
  for (const id of expected.values()) yield { ...id, history: [], lastProof: undefined, expected: true };
}

function keyOf({ host, application }: ApplicationId): string {
  return `${host}/${application}`;
}
