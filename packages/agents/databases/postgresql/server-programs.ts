import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import type { DatabaseContext } from "../engine.ts";
import { parseRecordedRelease } from "./release.ts";
import { findTool } from "./tools.ts";

export interface ServerPrograms {
  /** For people: `PostgreSQL 15.18`. */
  title: string;
  server: string;
  /** What makes a data directory. */
  initialize: string;
}

/**
 * The installed server of these databases' release or the next later one, else the newest, with a warning. Throws
 * `tool-missing`.
 */
export async function findServer(
  databases: readonly Pick<ManifestDatabase, "serverVersion">[],
  context: DatabaseContext,
): Promise<ServerPrograms> {
  const recorded = Math.max(0, ...databases.map(({ serverVersion }) => parseRecordedRelease(serverVersion)));
  const newest = await findTool("postgres", 0, context);
  const tool = newest.release < recorded ? newest : await findTool("postgres", recorded, context);
  const title = tool.title.replace("postgres", "PostgreSQL");
  if (tool.release < recorded) {
    context.warn(
      `the dump is of PostgreSQL ${recorded}, and no such server is installed here: it is loaded into ${title}, which may not understand all of it`,
    );
  }
  const directory = dirname(await realpath(tool.path));
  const initialize = await findExecutable(["initdb"], directory);
  if (initialize !== undefined) return { title, server: tool.path, initialize };
  throw new OperationError("tool-missing", `${join(directory, "initdb")} is missing, which belongs to ${tool.path}`, {
    hint: "install the whole package of the server: apt-get install postgresql",
  });
}
