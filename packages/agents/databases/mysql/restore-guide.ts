import { quoteForShell } from "@catapullt/core/shell-words";
import type { RestoreRequest } from "../engine.ts";
import { tarMembers } from "../restore-commands.ts";
import { parseServerVersion } from "./product.ts";

/** How to load the dump by hand, as Markdown lines; see `DatabaseEngine.restoreCommands`. */
export function restoreGuide(request: RestoreRequest): string[] {
  const { settings, inventory, archive } = request;
  const client = parseServerVersion(inventory.serverVersion)?.flavour ?? "mariadb";
  const database = `\`${settings.name.replaceAll("`", "``")}\``;
  const connection = [
    ...(settings.socket === undefined ? [] : [`--socket=${quoteForShell(settings.socket)}`]),
    ...(settings.socket !== undefined || settings.host === undefined
      ? []
      : ["--protocol=tcp", `--host=${quoteForShell(settings.host)}`, `--port=${settings.port ?? 3306}`]),
    "--user=root",
    "--password",
  ].join(" ");
  const create = `CREATE DATABASE ${database} CHARACTER SET ${inventory.characterSet} COLLATE ${inventory.collation}`;
  const extract = `tar -xOf ${quoteForShell(archive)} ${tarMembers(request)}`;
  const load = `${client} ${connection} --default-character-set=utf8mb4 --max-allowed-packet=1G ${quoteForShell(settings.name)}`;
  return [
    `The dump is SQL of ${inventory.serverVersion}. Load it into a server of the same kind, the same version or a later one,`,
    "into a new, empty database: tables that are there already and not in the dump would stay. The server's",
    "`max_allowed_packet` must not be smaller than that of the old one.",
    "",
    "```sh",
    `${client} ${connection} --execute=${quoteForShell(create)}`,
    `${extract} | ${load}`,
    "```",
    "",
    "- The client asks for the password, twice. Load as an administrator: triggers, procedures, events and views belong",
    "  to their DEFINER, and only an administrator may create them for someone else. Create those accounts before: a view on",
    "  a view whose DEFINER is missing cannot be loaded.",
    "- A client that stops at line 1 with `Unknown command '\\-'` does not know MariaDB's sandbox line; skip that line:",
    "",
    "```sh",
    `${extract} | sed '1{/enable the sandbox mode/d;}' | ${load}`,
    "```",
  ];
}
