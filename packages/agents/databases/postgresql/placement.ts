import { OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseSettings, TargetRequest } from "../engine.ts";
import { whereServerRuns } from "../restore-commands.ts";
import type { DatabaseContent } from "./content.ts";
import { describeTarget } from "./failures.ts";
import { quoteIdentifier } from "./quoting.ts";
import type { ServerAccess } from "./server-access.ts";

/** Where a dump is loaded: into a database of its own that takes the old one's place at the end, or into the empty one that is there. */
export type Placement = { kind: "beside"; maintenance: DatabaseSettings } | { kind: "inside" };

/** Decides where a dump is loaded. Throws `database-privileges` where the user may do neither, with what an administrator runs. */
export function choosePlacement(
  { settings, recorded }: TargetRequest,
  access: ServerAccess,
  content: DatabaseContent | undefined,
): Placement {
  const { maintenance, mayCreateDatabases, existing, user } = access;
  if (maintenance !== undefined && mayCreateDatabases && (existing === undefined || existing.isOwn))
    return { kind: "beside", maintenance };
  const title = describeTarget(settings);
  const role = quoteIdentifier(user);
  const allow = remedy(settings, access);
  if (existing === undefined) {
    throw new OperationError("database-privileges", `${title} does not exist, and ${user} may not make it`, {
      hint: `run as an administrator of the server:\n  ${createCommand(settings, recorded, user)}`,
    });
  }
  if (content?.text !== undefined) {
    throw new OperationError(
      "database-privileges",
      `${title} is not empty (${content.text}), and ${user} may not ${mayCreateDatabases ? "rename it" : "make another one beside it"}`,
      { hint: `${allow}\nor restore as a superuser` },
    );
  }
  if (content?.mayCreate !== true) {
    throw new OperationError("database-privileges", `${user} may not create anything in ${title}`, {
      hint: `run as an administrator of the server: ALTER DATABASE ${quoteIdentifier(settings.name)} OWNER TO ${role};`,
    });
  }
  if (recorded.characterSet !== undefined && recorded.characterSet !== existing.encoding) {
    throw new OperationError(
      "restore-refused",
      `${title} has the encoding ${existing.encoding}, the dump ${recorded.characterSet}`,
      { hint: `make it anew, as an administrator of the server:\n  ${createCommand(settings, recorded, user)}` },
    );
  }
  return { kind: "inside" };
}

function remedy({ name }: DatabaseSettings, { user, maintenance, mayCreateDatabases, existing }: ServerAccess): string {
  const statements = [
    ...(mayCreateDatabases ? [] : [`ALTER ROLE ${quoteIdentifier(user)} CREATEDB;`]),
    ...(existing?.isOwn === false
      ? [`ALTER DATABASE ${quoteIdentifier(name)} OWNER TO ${quoteIdentifier(user)};`]
      : []),
  ];
  if (statements.length > 0) return `run as an administrator of the server: ${statements.join(" ")}`;
  return maintenance === undefined
    ? `let ${user} connect to the database postgres of this server too (pg_hba.conf), from which others are renamed`
    : "";
}

function createCommand(settings: DatabaseSettings, recorded: TargetRequest["recorded"], owner: string): string {
  const { characterSet, collation = "" } = recorded;
  const command = [
    `createdb --owner=${quoteForShell(owner)} --template=template0`,
    ...(characterSet === undefined ? [] : [`--encoding=${quoteForShell(characterSet)}`]),
    ...(/^[\w.@-]+$/.test(collation) ? [`--locale=${quoteForShell(collation)}`] : []),
    `-- ${quoteForShell(settings.name)}`,
  ].join(" ");
  return whereServerRuns(settings, command);
}
