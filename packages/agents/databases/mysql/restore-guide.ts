import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseSettings, RestoreRequest } from "../engine.ts";
import { askForPassword, tarMembers, whereServerRuns } from "../restore-commands.ts";
import { parseServerVersion } from "./product.ts";

/** How to load the dump by hand, as Markdown lines; see `DatabaseEngine.restoreCommands`. */
export function restoreGuide(request: RestoreRequest): string[] {
  const { settings, inventory, archive } = request;
  const client = parseServerVersion(inventory.serverVersion)?.flavour ?? "mariadb";
  const database = `\`${settings.name.replaceAll("`", "``")}\``;
  const options = [
    ...connectionOptions(settings),
    "--user=root",
    ...(settings.container === undefined ? ["--password"] : []),
    "--default-character-set=utf8mb4",
  ].join(" ");
  const variable = "MYSQL_PWD";
  const create = `CREATE DATABASE ${database} CHARACTER SET ${inventory.characterSet} COLLATE ${inventory.collation}`;
  const extract = `tar -xOf ${quoteForShell(archive)} ${tarMembers(request)}`;
  const load = whereServerRuns(
    settings,
    `${client} ${options} --max-allowed-packet=1G ${quoteForShell(settings.name)}`,
    { standardInput: "input", variable },
  );
  return [
    `The dump is SQL of ${inventory.serverVersion}. Load it into a server of the same kind, the same version or a later one,`,
    "into a new, empty database: tables that are there already and not in the dump would stay. The server's",
    "`max_allowed_packet` must not be smaller than that of the old one.",
    "",
    ...(settings.container === undefined ? [] : askForPassword("root", variable)),
    "```sh",
    whereServerRuns(settings, `${client} ${options} --execute=${quoteForShell(create)}`, { variable }),
    `${extract} | ${load}`,
    "```",
    "",
    `- ${settings.container === undefined ? "The client asks for the password, twice. " : ""}Load as an administrator: triggers, procedures, events and views belong`,
    "  to their DEFINER, and only an administrator may create them for someone else. Create those accounts before: a view on",
    "  a view whose DEFINER is missing cannot be loaded.",
    "- A client that stops at line 1 with `Unknown command '\\-'` does not know MariaDB's sandbox line; skip that line:",
    "",
    "```",
    `${extract} | sed '1{/enable the sandbox mode/d;}' | ${load}`,
    "```",
  ];
}

/** The words by which a client finds the server, quoted for a shell. */
export function connectionOptions({ socket, host, port }: DatabaseSettings): string[] {
  if (socket !== undefined) return [`--socket=${quoteForShell(socket)}`];
  return host === undefined ? [] : ["--protocol=tcp", `--host=${quoteForShell(host)}`, `--port=${port ?? 3306}`];
}
