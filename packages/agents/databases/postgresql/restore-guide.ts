import { quoteForShell } from "@catapullt/core/shell-words";
import type { RestoreRequest } from "../engine.ts";
import { askForPassword, type CommandUse, tarMembers, whereServerRuns } from "../restore-commands.ts";
import { address } from "./connection.ts";
import { quoteConnectionValue, quoteIdentifier } from "./quoting.ts";
import { createMissingRoles } from "./roles.ts";

/** How to load the dump by hand, as Markdown lines; see `DatabaseEngine.restoreCommands`. */
export function restoreGuide(request: RestoreRequest): string[] {
  const { settings, inventory, archive } = request;
  const roles = (inventory.roles ?? []).filter((role) => role !== administrator);
  const extract = `tar -xOf ${quoteForShell(archive)} ${tarMembers(request)}`;
  const psql = client("psql", settings, psqlOptions);
  const isBuiltIn = builtInDatabases.includes(settings.name);
  const target = isBuiltIn ? `--dbname=${settings.name}` : "--create --dbname=postgres";
  const restore = client("pg_restore", settings, `--exit-on-error --no-tablespaces ${target}`, "input");
  const connection = quoteForShell(`dbname=${quoteConnectionValue(settings.name)}`);
  return [
    `The dump is an archive of pg_dump's, of a server ${inventory.serverVersion}. Load it into a server of the same release or a`,
    "later one, with a pg_restore that is not older than the `dumpTool` in manifest.json.",
    isBuiltIn
      ? `The database ${settings.name} is there on every server; it must be empty.`
      : `The last command but one makes the database with its owner, encoding ${inventory.characterSet} and collation ${inventory.collation}; there must be none of that name.`,
    "",
    ...(settings.container === undefined || isThroughSocket(settings)
      ? []
      : askForPassword(administrator, passwordVariable)),
    "```sh",
    ...(roles.length === 0 ? [] : [`${psql} --dbname=postgres --command=${quoteForShell(createMissingRoles(roles))}`]),
    `${extract} | ${restore}`,
    `${client("vacuumdb", settings, "--analyze-only")} --dbname=${connection}`,
    "```",
    "",
    ...(roles.length === 0 ? [] : describeRoles(roles, settings)),
    settings.container === undefined
      ? "- `could not change directory` means nothing: the tools run as a user who may not read this one."
      : `- A container that was made with another \`POSTGRES_USER\` has that administrator instead of \`${administrator}\`. Where the server answers \`peer authentication failed\`, add \`--user ${administrator}\` after \`exec\`.`,
    "- A locale that the new host lacks fails the restore at its beginning (`invalid locale name`): make it with `locale-gen`.",
    "- If it ends with an error, remove the cause and the database that it began, then run it again:",
    `  \`${client("dropdb", settings, `-- ${quoteForShell(settings.name)}`)}\``,
    "- On a server where nobody may be a superuser, add `--no-owner --no-privileges`: everything then belongs to who loads it.",
    "- Tables of other tablespaces go to the default one; where the old ones exist, leave `--no-tablespaces` out.",
  ];
}

const administrator = "postgres";
const psqlOptions = "--no-psqlrc --set=ON_ERROR_STOP=1";
const builtInDatabases = ["postgres", "template1"];

const passwordVariable = "PGPASSWORD";

function isThroughSocket(settings: RestoreRequest["settings"]): boolean {
  return address(settings).host?.startsWith("/") ?? true;
}

// Through the socket the system says who somebody is; over TCP each command asks for the password.
function client(
  program: string,
  settings: RestoreRequest["settings"],
  options: string,
  standardInput?: CommandUse["standardInput"],
): string {
  const { host, port } = address(settings);
  const isLocal = isThroughSocket(settings);
  const command = [
    isLocal && settings.container === undefined ? `runuser -u ${administrator} -- ${program}` : program,
    ...(host === undefined ? [] : [`--host=${quoteForShell(host)}`]),
    ...(port === undefined ? [] : [`--port=${port}`]),
    `--username=${administrator}`,
    options,
  ].join(" ");
  return whereServerRuns(settings, command, { standardInput, variable: isLocal ? undefined : passwordVariable });
}

function describeRoles(roles: readonly string[], settings: RestoreRequest["settings"]): string[] {
  const { user = "" } = settings;
  const role = roles.includes(user) ? user : (roles[0] ?? "");
  const login = quoteForShell(`ALTER ROLE ${quoteIdentifier(role)} LOGIN`);
  const password = quoteForShell(`\\password ${quoteIdentifier(role)}`);
  return [
    `- Roles are not part of the dump. The first command makes those that are missing (${roles.map((name) => `\`${name}\``).join(", ")}),`,
    "  without login, password, attributes and memberships. Give the application's role these again, such as:",
    `  \`${client("psql", settings, `${psqlOptions} --dbname=postgres --command=${login} --command=${password}`, "terminal")}\``,
  ];
}
