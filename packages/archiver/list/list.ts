import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatMoment } from "@catapullt/core/units";
import { openSelection } from "../catalog/selection.ts";
import { refuseUnreadable } from "../catalog/unreadable.ts";
import { archiverConfigDescription } from "../config/schema.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { type ListEntry, listEntries } from "./entries.ts";

export interface ListOptions {
  application?: string;
}

/** `archiver list [host...]` */
export async function list(context: CommandContext, names: string[], options: ListOptions): Promise<CommandResult> {
  const { configFile: file, environment } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file, environment });
  const vault = await openDirectoryVault(config.vault);
  const { application } = options;
  const { catalog } = await openSelection({ vault, config, context }, { names, application });
  try {
    refuseUnreadable(catalog);
    const hosts = names.length === 0 ? undefined : names;
    const entries = listEntries(catalog.held({ hosts, application }));
    return {
      text: entries.length === 0 ? `no archives in ${vault.location}\n` : formatEntries(entries),
      json: entries,
    };
  } finally {
    catalog.close();
  }
}

function formatEntries(entries: readonly ListEntry[]): string {
  return formatTable(
    [
      { title: "TIME (UTC)", value: (entry) => formatTime(entry.time) },
      { title: "HOST", value: (entry) => entry.host },
      { title: "APPLICATION", value: (entry) => entry.application },
      { title: "VERSION", value: (entry) => entry.version ?? "-" },
      { title: "SIZE", value: (entry) => formatBytes(entry.bytes), align: "right" },
      { title: "VERIFIED (UTC)", value: (entry) => formatTime(entry.verified) },
      { title: "PROVEN (UTC)", value: (entry) => formatTime(entry.proven) },
      { title: "ARCHIVE", value: (entry) => entry.name },
    ],
    entries,
  );
}

function formatTime(moment: string | null): string {
  return moment === null ? "-" : formatMoment(new Date(moment));
}
