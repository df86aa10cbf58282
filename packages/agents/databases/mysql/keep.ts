import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { syncDirectory } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseContext, DatabaseEngine, DatabaseSettings, KeptContent, LoadRequest } from "../engine.ts";
import { whereServerRuns } from "../restore-commands.ts";
import { connectionOptions } from "./restore-guide.ts";
import { keepPath } from "./target.ts";

/** Dumps a whole database, nothing skipped, to a file of its own; it is proven whole and durable when this returns. */
export async function keepAsDump(
  { inspect, dump }: Pick<DatabaseEngine, "inspect" | "dump">,
  request: LoadRequest,
  context: DatabaseContext,
): Promise<KeptContent> {
  const settings = { ...request.settings, skip: [] };
  const path = keepPath(request);
  const part = `${path}.part`;
  const inventory = await inspect(settings, context);
  context.log.info(`keeping the content of database ${settings.name} in ${path}`);
  await request.prepareKeepDirectory();
  const running = await dump(settings, inventory, { ...context, directory: request.keepDirectory });
  try {
    if (running.kind !== "stream") throw new Error("unreachable: these dumps are streams");
    await pipeline(running.source, createZstdCompress(), createWriteStream(part, { flags: "wx", mode: 0o600 }), {
      signal: context.signal,
    });
    await running.complete();
    const file = await open(part, "r+");
    await file.sync();
    await file.close();
    await rename(part, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(part, { force: true });
    context.signal.throwIfAborted();
    if (!hasErrorCode(error, "ENOSPC", "EDQUOT", "EEXIST", "EROFS", "EACCES")) throw error;
    throw new OperationError("restore-refused", `the old database cannot be kept in ${path}: ${errorMessage(error)}`, {
      hint: "make room there, or set `workDir` to a directory that has some; nothing was changed",
      cause: error,
    });
  } finally {
    await running.cleanup();
  }
  return {
    what: `the old content of database ${settings.name}`,
    path,
    comesBackBy: `zstd -dc ${quoteForShell(path)} | ${loadCommand(settings)}`,
  };
}

// Nobody is logged in inside a container: the command takes the administrator's password from the shell's MYSQL_PWD.
function loadCommand(settings: DatabaseSettings): string {
  const client = settings.engine === "mysql" ? "mysql" : "mariadb";
  const options =
    settings.container === undefined
      ? []
      : [...connectionOptions(settings), "--user=root", "--default-character-set=utf8mb4"];
  const command = [client, ...options, quoteForShell(settings.name)].join(" ");
  return whereServerRuns(settings, command, { standardInput: "input", variable: "MYSQL_PWD" });
}
