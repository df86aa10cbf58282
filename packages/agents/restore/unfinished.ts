import { lstat, mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { hasErrorCode } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import { z } from "zod";

const recordSchema = z.object({
  archive: z.string(),
  stamp: z.string(),
  /** Databases, as in `RestoreTarget.title`, that were being loaded or were loaded already. */
  databases: z.array(z.string()),
  /** Directories whose old content makes room. */
  trees: z.array(z.string()),
  keepDirectory: z.string(),
});

/** What a restore is doing: written before it does it, so that a later run can say what a killed one left. */
export type RestoreRecord = z.infer<typeof recordSchema>;

/** The record of a restore that did not come to its end; undefined where there is none. To be read under the application's lock. */
export async function readUnfinished(stateDirectory: string, application: string): Promise<RestoreRecord | undefined> {
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(recordPath(stateDirectory, application), "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

export interface RestoreRecorder {
  /** To be awaited before anything is changed. */
  begin(): Promise<void>;
  /** To be awaited before anything of this database is changed. */
  loading(title: string): Promise<void>;
  /** To be awaited when everything is done, or taken back. */
  end(): Promise<void>;
}

export interface RecorderOptions {
  stateDirectory: string;
  application: string;
  /** Of this run. */
  record: Omit<RestoreRecord, "databases">;
  previous: RestoreRecord | undefined;
}

/** Keeps the record while a restore runs. What an earlier one left half in a database stays on record until that is loaded. */
export function createRecorder({ stateDirectory, application, record, previous }: RecorderOptions): RestoreRecorder {
  const path = recordPath(stateDirectory, application);
  const loading: string[] = [];
  let left = previous?.databases ?? [];
  const write = async (content: RestoreRecord) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    await writeFileAtomically(path, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  };
  return {
    begin: () => write({ ...record, databases: left }),
    async loading(title) {
      loading.push(title);
      left = left.filter((other) => other !== title);
      await write({ ...record, databases: [...left, ...loading] });
    },
    async end() {
      if (previous !== undefined && left.length > 0) await write({ ...previous, databases: left });
      else await rm(path, { force: true });
    },
  };
}

/** Warns of what a restore left that was killed, one finding an entry; nothing where none was. To be called under the application's lock. */
export async function describeUnfinished(stateDirectory: string, application: string): Promise<string[]> {
  const record = await readUnfinished(stateDirectory, application);
  if (record === undefined) return [];
  const { archive, stamp, databases, trees, keepDirectory } = record;
  const path = quoteForShell(recordPath(stateDirectory, application));
  const remedy = `restore again with --replace, or if all is well by now: rm ${path}`;
  const began = `a restore of ${archive} that began at ${stamp} did not come to its end`;
  const renamed = trees.flatMap((path) => [`${path}.before-restore-${stamp}`, `${path}/before-restore-${stamp}`]);
  const dumps = (await list(keepDirectory)).filter((name) => !name.endsWith(".part"));
  const kept = [...(await existing(renamed)), ...dumps.map((name) => join(keepDirectory, name))];
  return [
    ...databases.map((title) => `${began}: what is in ${title} may be half of that archive's dump; ${remedy}`),
    ...(databases.length === 0 ? [`${began}; ${remedy}`] : []),
    ...kept.map((path) => `that restore kept old content in ${path}`),
  ];
}

/** Removes dumps of old content that a killed run could not finish; the database was not touched then. */
export async function removeUnfinishedDumps({ keepDirectory }: RestoreRecord): Promise<string[]> {
  const parts = (await list(keepDirectory)).filter((name) => name.endsWith(".part"));
  for (const name of parts) await rm(join(keepDirectory, name), { force: true });
  if (parts.length > 0) await rmdir(keepDirectory).catch(ignoreFull);
  return parts.map((name) => join(keepDirectory, name));
}

function recordPath(stateDirectory: string, application: string): string {
  return join(stateDirectory, "restores", `${application}.json`);
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR")) return [];
    throw error;
  }
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    try {
      await lstat(path);
      found.push(path);
    } catch (error) {
      if (!hasErrorCode(error, "ENOENT", "EACCES", "ENOTDIR")) throw error;
    }
  }
  return found;
}

function ignoreFull(error: unknown): void {
  if (!hasErrorCode(error, "ENOTEMPTY", "EEXIST")) throw error;
}
