import { OperationError } from "@catapullt/core/errors";
import type { DatabaseContext, RestoreTarget, TargetRequest } from "../engine.ts";
import { type Ask, connectToServer } from "./client.ts";
import { type DefinerDecision, decideDefiners, hasDefiners, maySetDefiners } from "./definers.ts";
import { describeTarget } from "./failures.ts";
import { effectivePrivileges, parseGrants } from "./grants.ts";
import { requireLoadPrivileges } from "./load-privileges.ts";
import { hasPartialRevokes, readGrants } from "./privilege-check.ts";
import { isAtLeast, type Product, parseServerVersion } from "./product.ts";

/** A server and one of its databases, as a restore finds them. */
export interface FoundTarget extends RestoreTarget {
  ask: Ask;
  /** Undefined where the database does not exist. */
  existing: { characterSet: string; collation: string } | undefined;
  definers: DefinerDecision;
}

/** Looks at the database that a dump would be loaded into; see `DatabaseRestorer.examine`. */
export async function examineTarget(request: TargetRequest, context: DatabaseContext): Promise<FoundTarget> {
  const { settings, recorded, definer } = request;
  const ask = await connectToServer(settings, context);
  const [[version = "", account = "", caseFolding] = []] = await ask(
    "SELECT VERSION(), CURRENT_USER(), @@lower_case_table_names",
  );
  const server = parseServerVersion(version);
  if (server === undefined)
    throw new OperationError("database-query-failed", `the server's version cannot be understood: ${version}`);
  const privileges = effectivePrivileges(parseGrants(await readGrants(ask, server)), {
    database: settings.name,
    caseSensitive: caseFolding === "0",
    hasWildcards: server.flavour === "mariadb" || !(await hasPartialRevokes(ask)),
  });
  requireLoadPrivileges(privileges, { database: settings.name, account, recorded });
  await requireCollation(ask, request);
  const definers = decideDefiners(definer, {
    isNeeded: hasDefiners(recorded),
    isAllowed: maySetDefiners(privileges, server),
    user: account,
  });
  return {
    ask,
    definers,
    ...(await readContent(ask, settings.name)),
    title: describeTarget(settings),
    keptAs: `dumped to ${keepPath(request)}`,
    notes: [...versionNotes(server, recorded.serverVersion), ...(definers.note === undefined ? [] : [definers.note])],
  };
}

/** Where the old content is kept: a database's name may hold what a file's must not. */
export function keepPath({ settings, keepDirectory }: TargetRequest): string {
  return `${keepDirectory}/${settings.name.replace(/[/\p{Cc}]/gu, "_").replace(/^\.+/, "_")}.sql.zst`;
}

// A server that does not know it would stop in the middle of the dump.
async function requireCollation(ask: Ask, { recorded }: TargetRequest): Promise<void> {
  const { characterSet, collation } = recordedCharacters(recorded);
  if (characterSet === undefined || collation === undefined) return;
  try {
    await ask(`SELECT CONVERT('' USING ${quoteIdentifier(characterSet)}) COLLATE ${quoteIdentifier(collation)}`);
  } catch (cause) {
    if (!(cause instanceof OperationError) || cause.code !== "database-query-failed") throw cause;
    throw new OperationError(
      "restore-refused",
      `the server does not know the database's character set ${characterSet} with the collation ${collation}`,
      {
        hint: `restore into a server like the old one: ${recorded.serverVersion}`,
        cause,
      },
    );
  }
}

/** What the manifest says, as far as it may stand in a statement. */
export function recordedCharacters({ characterSet, collation }: TargetRequest["recorded"]): {
  characterSet: string | undefined;
  collation: string | undefined;
} {
  const plain = (name: string | undefined) => (name !== undefined && /^\w+$/.test(name) ? name : undefined);
  return { characterSet: plain(characterSet), collation: plain(collation) };
}

/** What is in a database, and whether there is one. */
export async function readContent(ask: Ask, database: string): Promise<Pick<FoundTarget, "existing" | "content">> {
  const name = quoteText(database);
  const [[characterSet = "NULL", collation = "", ...counts] = []] = await ask(`SELECT
    (SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${name}),
    (SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${name}),
    (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} AND TABLE_TYPE <> 'VIEW'),
    (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} AND TABLE_TYPE = 'VIEW'),
    (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${name}),
    (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${name})`);
  const parts = ["table", "view", "routine", "event"].flatMap((kind, index) => {
    const count = Number(counts[index] ?? 0);
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? "" : "s"}`];
  });
  return {
    existing: characterSet === "NULL" ? undefined : { characterSet, collation },
    content: parts.length === 0 ? undefined : parts.join(", "),
  };
}

function versionNotes(server: Product, recordedVersion: string): string[] {
  const recorded = parseServerVersion(recordedVersion);
  if (recorded === undefined) return [];
  if (recorded.flavour !== server.flavour)
    return [`the dump is of ${recordedVersion}, the server is ${server.text}: they are not the same product`];
  const [major, minor] = recorded.version;
  return isAtLeast(server, major, minor)
    ? []
    : [`the dump is of ${recordedVersion}, the server is ${server.text}: an older one`];
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
