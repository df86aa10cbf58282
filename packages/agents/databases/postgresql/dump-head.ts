import { OperationError } from "@catapullt/core/errors";
import { type ArchiveHead, type HeadEntry, type HeadInput, readArchiveHead } from "./archive-head.ts";

export interface OpenedDump {
  /** What the table of contents says of the database itself, and of the owners of what is in it. */
  database: DatabaseEntries;
  owners: ReadonlySet<string>;
  /** The whole dump. */
  source: AsyncIterable<Uint8Array>;
  /** To be called however the load ends: the archive is not read any more then. */
  close(): Promise<void>;
}

export interface DatabaseEntries {
  /** The `CREATE DATABASE` statement; its name is the one that was dumped. */
  create: string;
  owner: string;
  /** What was said of the database beyond that: settings, comment, grants. */
  statements: readonly string[];
}

/** Reads the table of contents, which stands at the beginning. Throws `restore-failed` where it cannot be understood. */
export async function openDump(source: AsyncIterable<Uint8Array>, database: string): Promise<OpenedDump> {
  const pieces = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  const input: HeadInput = { piece: Buffer.alloc(0), at: 0 };
  const reading = readArchiveHead(input);
  let state = reading.next();
  async function* whole(): AsyncGenerator<Uint8Array, void> {
    yield* head.splice(0);
    for (;;) {
      const { done, value } = await pieces.next();
      if (done) return;
      yield value;
    }
  }
  const close = async () => {
    await pieces.return?.();
  };
  while (!state.done) {
    const { done, value } = await pieces.next();
    if (done) break;
    head.push(value);
    state = reading.next(value);
  }
  const entries = state.done ? databaseEntries(state.value) : undefined;
  if (entries !== undefined && state.value !== undefined)
    return { database: entries, owners: ownersIn(state.value), source: whole(), close };
  await close();
  throw new OperationError(
    "restore-failed",
    `the beginning of the dump of database ${database} is not of a kind that this release understands`,
    { hint: "load it by hand, as RESTORE.md in the archive says; nothing was changed" },
  );
}

function databaseEntries(head: ArchiveHead | undefined): DatabaseEntries | undefined {
  const found = head?.entries.find(({ kind }) => kind === "DATABASE");
  if (head === undefined || found === undefined || !found.definition.startsWith("CREATE DATABASE ")) return undefined;
  const more = head.entries.filter((entry) => isOfDatabase(entry) && entry !== found);
  return {
    create: found.definition,
    owner: found.owner,
    statements: more.map(({ definition }) => definition).filter((definition) => definition.trim() !== ""),
  };
}

function isOfDatabase({ kind, tag }: HeadEntry): boolean {
  return (
    kind === "DATABASE" ||
    kind === "DATABASE PROPERTIES" ||
    (["ACL", "COMMENT", "SECURITY LABEL"].includes(kind) && tag.startsWith("DATABASE "))
  );
}

function ownersIn({ entries }: ArchiveHead): ReadonlySet<string> {
  const inside = entries.filter((entry) => !isOfDatabase(entry) && entry.owner !== "");
  return new Set(inside.map(({ owner }) => owner));
}
