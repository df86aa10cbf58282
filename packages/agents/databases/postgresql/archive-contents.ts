/** One line of `pg_restore --list`. */
export interface ArchiveEntry {
  dumpId: number;
  /** The OIDs of the catalog and of the object; the catalog is 0 for the rows of a table. */
  classId: string;
  oid: string;
  /** Kind, schema, name and owner, which no rule tells apart. */
  text: string;
}

/**
 * Reads what `pg_restore --list` prints: `215; 1259 16386 TABLE public team wiki` for each entry, and comments after a
 * semicolon. Line breaks in names are blanks there.
 */
export function parseArchiveList(output: string): ArchiveEntry[] {
  return output.split("\n").flatMap((line) => {
    const [match, dumpId = "", classId = "", oid = "", text = ""] = /^(\d+); (\d+) (\d+) (.*)$/.exec(line) ?? [];
    return match === undefined ? [] : [{ dumpId: Number(dumpId), classId, oid, text }];
  });
}
