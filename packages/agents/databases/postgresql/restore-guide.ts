import { quoteForShell } from "@catapullt/core/shell-words";
import type { RestoreRequest } from "../engine.ts";
import { tarMembers } from "../restore-commands.ts";
import { address } from "./connection.ts";
import { dollarQuote, quoteConnectionValue, quoteIdentifier, quoteLiteral } from "./quoting.ts";

/** How to load the dump by hand, as Markdown lines; see `DatabaseEngine.restoreCommands`. */
export function restoreGuide(request: RestoreRequest): string[] {
  const { settings, inventory, archive } = request;
  const roles = (inventory.roles ?? []).filter((role) => role !== administrator);
  const extract = `tar -xOf ${quoteForShell(archive)} ${tarMembers(request)}`;
  const psql = client("psql", settings, "--no-psqlrc --set=ON_ERROR_STOP=1");
  const isBuiltIn = builtInDatabases.includes(settings.name);
  const target = isBuiltIn ? `--dbname=${settings.name}` : "--create --dbname=postgres";
  const restore = client("pg_restore", settings, `--exit-on-error --no-tablespaces ${target}`);
  const connection = quoteForShell(`dbname=${quoteConnectionValue(settings.name)}`);
  return [
    `The dump is an archive of pg_dump's, of a server ${inventory.serverVersion}. Load it into a server of the same release or a`,
    "later one, with a pg_restore that is not older than the `dumpTool` in manifest.json.",
    isBuiltIn
      ? `The database ${settings.name} is there on every server; it must be empty.`
      : `The last command but one makes the database with its owner, encoding ${inventory.characterSet} and collation ${inventory.collation}; there must be none of that name.`,
    "",
    "```sh",
    ...(roles.length === 0 ? [] : [`${psql} --dbname=postgres --command=${quoteForShell(createRoles(roles))}`]),
    `${extract} | ${restore}`,
    `${client("vacuumdb", settings, "--analyze-only")} --dbname=${connection}`,
    "```",
    "",
    ...(roles.length === 0 ? [] : describeRoles(roles, { psql, user: settings.user })),
    "- `could not change directory` means nothing: the tools run as a user who may not read this one.",
    "- A locale that the new host lacks fails the restore at its beginning (`invalid locale name`): make it with `locale-gen`.",
    "- If it ends with an error, remove the cause and the database that it began, then run it again:",
    `  \`${client("dropdb", settings, `-- ${quoteForShell(settings.name)}`)}\``,
    "- On a server where nobody may be a superuser, add `--no-owner --no-privileges`: everything then belongs to who loads it.",
    "- Tables of other tablespaces go to the default one; where the old ones exist, leave `--no-tablespaces` out.",
  ];
}

const administrator = "postgres";
const builtInDatabases = ["postgres", "template1"];

// Through the socket the system says who somebody is; over TCP each command asks for the password.
function client(program: string, settings: RestoreRequest["settings"], options: string): string {
  const { host, port } = address(settings);
  const isLocal = host === undefined || host.startsWith("/");
  return [
    isLocal ? `runuser -u ${administrator} -- ${program}` : program,
    ...(host === undefined ? [] : [`--host=${quoteForShell(host)}`]),
    ...(port === undefined ? [] : [`--port=${port}`]),
    `--username=${administrator}`,
    options,
  ].join(" ");
}

function createRoles(roles: readonly string[]): string {
  const create = "EXECUTE format('CREATE ROLE %I NOLOGIN', name)";
  const loop =
    `FOREACH name IN ARRAY ARRAY[${roles.map(quoteLiteral).join(", ")}] LOOP ` +
    `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN ${create}; END IF; END LOOP;`;
  return `DO ${dollarQuote(`DECLARE name text; BEGIN ${loop} END`)}`;
}

function describeRoles(
  roles: readonly string[],
  { psql, user = "" }: { psql: string; user: string | undefined },
): string[] {
  const role = roles.includes(user) ? user : (roles[0] ?? "");
  const login = quoteForShell(`ALTER ROLE ${quoteIdentifier(role)} LOGIN`);
  const password = quoteForShell(`\\password ${quoteIdentifier(role)}`);
  return [
    `- Roles are not part of the dump. The first command makes those that are missing (${roles.map((name) => `\`${name}\``).join(", ")}),`,
    "  without login, password, attributes and memberships. Give the application's role these again, such as:",
    `  \`${psql} --dbname=postgres --command=${login} --command=${password}\``,
  ];
}
