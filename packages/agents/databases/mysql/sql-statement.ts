export type SqlObjectKind = "table" | "view" | "sequence" | "trigger" | "event" | "routine";

export interface SqlObject {
  kind: SqlObjectKind;
  /** As the server spells it; of a routine with its type in front, such as `procedure rebuild`. */
  name: string;
}

const identifier = '(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\\s`"().;@]+)';
const definer = `(?:DEFINER\\s*=\\s*${identifier}(?:\\s*@\\s*${identifier})?\\s+)?`;
const name = `(?:${identifier}\\s*\\.\\s*)?(?<name>${identifier})`;
const create = "^CREATE\\s+(?:OR\\s+REPLACE\\s+)?";
const unlessThere = "(?:IF\\s+NOT\\s+EXISTS\\s+)?";

const plain = new RegExp(`${create}(?<kind>TABLE|SEQUENCE)\\s+${unlessThere}${name}`, "i");
const view = new RegExp(
  `${create}ALGORITHM\\s*=\\s*\\w+\\s+${definer}(?:SQL\\s+SECURITY\\s+\\w+\\s+)?(?<kind>VIEW)\\s+${name}`,
  "i",
);
const stored = new RegExp(
  `${create}${definer}(?:AGGREGATE\\s+)?(?<kind>TRIGGER|EVENT|PROCEDURE|FUNCTION|PACKAGE\\s+BODY|PACKAGE)\\s+${unlessThere}${name}`,
  "i",
);

/**
 * Which object the statement creates, from its first bytes without comments. The dump tools write a placeholder for each
 * view, a view or table in a version comment, which creates none: the real one follows at the dump's end.
 */
export function createdObject(head: string, isInVersionComment: boolean): SqlObject | undefined {
  if (!/^CREATE\b/i.test(head)) return undefined;
  const groups =
    (isInVersionComment ? null : plain.exec(head))?.groups ?? view.exec(head)?.groups ?? stored.exec(head)?.groups;
  if (groups?.kind === undefined || groups.name === undefined) return undefined;
  const keyword = groups.kind.toLowerCase().replace(/\s+/g, " ");
  const objectName = unquote(groups.name);
  switch (keyword) {
    case "table":
    case "sequence":
    case "view":
    case "trigger":
    case "event":
      return { kind: keyword, name: objectName };
    default:
      return { kind: "routine", name: `${keyword} ${objectName}` };
  }
}

const insert = new RegExp(`^INSERT\\s+INTO\\s+${name}`, "i");

/** The table into which an INSERT statement puts its rows. */
export function insertedTable(head: string): string | undefined {
  const quoted = insert.exec(head)?.groups?.name;
  return quoted === undefined ? undefined : unquote(quoted);
}

/** The value that the statement gives to `sql_mode` for the objects that follow; empty where it sets it back. */
export function newSqlMode(head: string): string | undefined {
  const match = /^SET\s+sql_mode\s*=\s*(?:'([^']*)'|@)/i.exec(head);
  return match === null ? undefined : (match[1] ?? "");
}

function unquote(quoted: string): string {
  const quote = quoted[0];
  if (quote !== "`" && quote !== '"') return quoted;
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
