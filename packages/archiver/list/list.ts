import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { formatTable } from "@catapullt/core/table";
import { formatBytes } from "@catapullt/core/units";
import { archiverConfigDescription } from "../config/schema.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { selectHeldHosts } from "../vault/select-held-hosts.ts";
import { type ListEntry, listEntries } from "./entries.ts";

/** `archiver list [host...]` */
export async function list(context: CommandContext, names: string[]): Promise<CommandResult> {
  const { config } = await loadConfig(archiverConfigDescription, {
    file: context.configFile,
    environment: context.environment,
  });
  const vault = await openDirectoryVault(config.vault);
  const hosts = await selectHeldHosts(vault, config, names);
  const stored = await Promise.all(hosts.map((host) => vault.stored(host)));
  const entries = listEntries(stored.flat(), await vault.receipts());
  return { text: entries.length === 0 ? `no archives in ${vault.location}\n` : formatEntries(entries), json: entries };
}

function formatEntries(entries: readonly ListEntry[]): string {
  return formatTable(
    [
      { title: "TIME (UTC)", value: (entry) => formatMoment(entry.time) },
      { title: "HOST", value: (entry) => entry.host },
      { title: "APPLICATION", value: (entry) => entry.application },
      { title: "VERSION", value: (entry) => entry.version ?? "-" },
      { title: "SIZE", value: (entry) => formatBytes(entry.bytes), align: "right" },
      { title: "VERIFIED (UTC)", value: (entry) => formatMoment(entry.verified) },
      { title: "PROVEN (UTC)", value: (entry) => formatMoment(entry.proven) },
      { title: "ARCHIVE", value: (entry) => entry.name },
    ],
    entries,
  );
}

function formatMoment(moment: string | null): string {
  return moment === null ? "-" : moment.slice(0, 19).replace("T", " ");
}
