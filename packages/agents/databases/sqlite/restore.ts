import { createWriteStream, type Stats } from "node:fs";
import { chmod, chown, copyFile, lstat, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { syncDirectory } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import { formatBytes } from "@catapullt/core/units";
import type {
  DatabaseContext,
  DatabaseRestorer,
  KeptContent,
  LoadedDatabase,
  LoadRequest,
  RestoreTarget,
  TargetRequest,
} from "../engine.ts";
import { examineCopy } from "./copy.ts";

/** The database file and what SQLite may keep beside it: a journal of another database would damage the restored one. */
const suffixes = ["", "-wal", "-shm", "-journal"];
const usualMode = 0o640;

/** The way back: the file is written beside its place, checked, and renamed; the old one is renamed too. */
export const sqliteRestorer: DatabaseRestorer = {
  async examine(request): Promise<RestoreTarget> {
    const file = targetFile(request);
    const found = await statIfThere(file);
    if (found !== undefined && !found.isFile()) {
      throw new OperationError("restore-refused", `${file} is not a file`, { hint: "check `file`, or move it away" });
    }
    const keptName = `${file}${keptSuffix(request)}`;
    return {
      title: `sqlite database ${file}`,
      content: found === undefined || found.size === 0 ? undefined : formatBytes(found.size),
      keptAs: `renamed to ${keptName}`,
      notes: [],
    };
  },
  load,
};

async function load(request: LoadRequest, context: DatabaseContext): Promise<LoadedDatabase> {
  const file = targetFile(request);
  const staged = join(await request.prepareStageDirectory(), basename(file));
  const discard = async () => {
    for (const suffix of suffixes) await rm(staged + suffix, { force: true });
  };
  try {
    await pipeline(request.source, createWriteStream(staged, { flags: "wx", mode: 0o600 }), { signal: context.signal });
    await requireSound(staged, request, context);
  } catch (error) {
    await discard();
    context.signal.throwIfAborted();
    if (error instanceof OperationError) throw error;
    throw failed(file, error);
  }
  return {
    kept: undefined,
    discard,
    async publish() {
      try {
        return await publish(staged, file, request);
      } catch (error) {
        if (error instanceof OperationError) throw error;
        throw failed(file, error);
      }
    },
  };
}

async function requireSound(staged: string, { recorded }: LoadRequest, context: DatabaseContext): Promise<void> {
  const { inventory } = await examineCopy(staged, staged, context.signal);
  const found = new Map(inventory.tables.map((table) => [`${table.kind} ${table.name}`, table]));
  const differences = recorded.tables.flatMap(({ kind, name, rows, rowsAre }) => {
    const table = found.get(`${kind} ${name}`);
    if (table === undefined) return [`${kind} ${name} is missing`];
    const differs = rowsAre === "exact" && rows !== undefined && table.rows !== undefined && rows !== table.rows;
    return differs ? [`${kind} ${name} has ${table.rows} rows, the manifest says ${rows}`] : [];
  });
  if (differences.length === 0) return;
  throw new OperationError(
    "restore-failed",
    `the restored database is not the one of the manifest: ${differences.join("; ")}`,
    {
      hint: "nothing was changed; restore from another archive",
    },
  );
}

async function publish(staged: string, file: string, request: LoadRequest): Promise<KeptContent | undefined> {
  const old = await statIfThere(file);
  if (old !== undefined && old.size > 0 && !request.replace) {
    throw new OperationError("restore-refused", `${file} has come into being meanwhile`, {
      hint: "is the application running? Stop it and restore again, with --replace",
    });
  }
  const directory = dirname(file);
  await mkdir(directory, { recursive: true });
  await prepareFile(staged, old ?? (await stat(directory)), old);
  const kept = await setAside(file, request);
  try {
    await move(staged, file);
  } catch (error) {
    if (kept !== undefined) await putBack(file, request);
    throw error;
  }
  await syncDirectory(directory);
  return kept;
}

// Whoever owned the old file, or else the directory, must be able to open the new one.
async function prepareFile(staged: string, { uid, gid }: Stats, old: Stats | undefined): Promise<void> {
  if (process.getuid?.() === 0) await chown(staged, uid, gid);
  await chmod(staged, old === undefined ? usualMode : old.mode & 0o777);
  const handle = await open(staged, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function setAside(file: string, request: LoadRequest): Promise<KeptContent | undefined> {
  let kept: KeptContent | undefined;
  for (const suffix of suffixes) {
    if ((await statIfThere(file + suffix)) === undefined) continue;
    const path = `${file}${keptSuffix(request)}`;
    await rename(file + suffix, path + suffix);
    kept = {
      what: `the old database ${file}`,
      path,
      comesBackBy: `mv ${quoteForShell(path)} ${quoteForShell(file)} (and the files beside it with the endings -wal and -journal)`,
    };
  }
  return kept;
}

async function putBack(file: string, request: LoadRequest): Promise<void> {
  for (const suffix of suffixes) {
    const path = `${file}${keptSuffix(request)}${suffix}`;
    if ((await statIfThere(path)) !== undefined) await rename(path, file + suffix);
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasErrorCode(error, "EXDEV")) throw error;
    const { uid, gid, mode } = await stat(from);
    const part = `${to}.part`;
    await copyFile(from, part);
    await chmod(part, mode & 0o777);
    if (process.getuid?.() === 0) await chown(part, uid, gid);
    await rename(part, to);
    await rm(from);
  }
}

function keptSuffix({ stamp }: TargetRequest): string {
  return `.before-restore-${stamp}`;
}

function targetFile({ settings: { file, name } }: TargetRequest): string {
  if (file === undefined) throw new Error(`the SQLite database ${name} comes without a file`);
  return file;
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

function failed(file: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const isFull = hasErrorCode(error, "ENOSPC", "EDQUOT");
  return new OperationError(
    "restore-failed",
    `the SQLite database ${file} could not be restored: ${errorMessage(error)}`,
    {
      hint: isFull
        ? "make room on that disk, and restore again"
        : "run the restore as root, or as the owner of the file",
      cause: error,
    },
  );
}
