import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { exitCodes } from "@catapullt/core/exit-codes";
import type { ReportedFailure } from "@catapullt/core/report/schema";
import { writeReport } from "@catapullt/core/report/write";
import { type ArchiverConfig, archiverConfigDescription } from "../config/schema.ts";
import { createRunReport, describeFailure, noteHostFailure } from "../report/run-report.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { withVaultLocked } from "../vault/lock.ts";
import type { Vault } from "../vault/vault.ts";
import type { Catalog } from "./catalog.ts";
import { catalogFile, openCatalog } from "./open.ts";
import { removeDatabase } from "./trouble.ts";

interface Rebuilt {
  applications: number;
  held: number;
  gone: number;
  /** Archives whose manifest was read now. */
  described: number;
  /** Archives whose manifest nobody can read. */
  undescribed: string[];
  failures: ReportedFailure[];
}

/** `archiver catalog rebuild` */
export async function rebuildCatalog(context: CommandContext): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  const startedAt = new Date();
  const report = (parts: { warnings: string[]; failures: ReportedFailure[] }) =>
    writeReport(createRunReport({ command: "catalog", startedAt, endedAt: new Date(), ...parts }), environment, log);
  try {
    const rebuilt = await rebuild(config, context);
    const warnings = rebuilt.undescribed.map((path) => `${path} has no manifest that can be read`);
    for (const warning of warnings) log.warn(warning);
    await report({ warnings, failures: rebuilt.failures });
    return rebuildResult(rebuilt);
  } catch (error) {
    await report({ warnings: [], failures: [describeFailure(error)] });
    throw error;
  }
}

async function rebuild(config: ArchiverConfig, context: CommandContext): Promise<Rebuilt> {
  const { environment, log, signal } = context;
  const vault = await openDirectoryVault(config.vault);
  return withVaultLocked({ vault, config, environment }, async () => {
    removeDatabase(join(vault.ownDirectory, catalogFile));
    const rebuilt = await withCatalog(await openCatalog(vault, { log, signal, isThorough: true }), async (catalog) => ({
      ...catalog.totals(),
      ...(await describeAll(catalog, vault, signal)),
      failures: catalog.unreadable.map(({ host, error }) => noteHostFailure(host, error, log)),
    }));
    if (rebuilt.described > 0) (await openCatalog(vault, { log, signal })).close(); // works the descriptions in
    return rebuilt;
  });
}

async function withCatalog<Result>(catalog: Catalog, use: (catalog: Catalog) => Promise<Result>): Promise<Result> {
  try {
    return await use(catalog);
  } finally {
    catalog.close();
  }
}

async function describeAll(
  catalog: Catalog,
  vault: Vault,
  signal: AbortSignal,
): Promise<Pick<Rebuilt, "described" | "undescribed">> {
  const undescribed: string[] = [];
  let described = 0;
  for (const { host, application, name, bytes, sha1 } of catalog.undescribed()) {
    signal.throwIfAborted();
    const id = { host, application, name };
    const contents = await vault.contents(id, signal);
    signal.throwIfAborted();
    if (contents === undefined || sha1 === undefined) undescribed.push(`${host}/${application}/${name}`);
    else {
      await vault.record({ event: "described", at: new Date().toISOString(), ...id, bytes, sha1, contents });
      described += 1;
    }
  }
  return { described, undescribed };
}

function rebuildResult({ failures, ...rebuilt }: Rebuilt): CommandResult {
  const { applications, held, gone, described, undescribed } = rebuilt;
  const failed = failures.map(({ subject }) => subject).join(", ");
  return {
    text: [
      `the vault holds ${count(held, "archive")} of ${count(applications, "application")}; ${gone} more are on record and gone\n`,
      described === 0 ? "" : `read the manifest of ${count(described, "archive")} that the journal did not describe\n`,
      undescribed.length === 0 ? "" : `${count(undescribed.length, "archive")} without a manifest that can be read\n`,
      failed === "" ? "" : `failed: ${failed}\n`,
    ].join(""),
    json: rebuilt,
    exitCode: failures.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
