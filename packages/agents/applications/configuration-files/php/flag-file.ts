import { readFile, rm, writeFile } from "node:fs/promises";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import { formatCommandLine } from "@catapullt/core/shell-words";
import type { Consistency } from "../../type.ts";

export interface FlagFile {
  /** `maintenance mode`. */
  title: string;
  /** As this process opens it. */
  path: string;
  /** Unlike what the application, or an administrator, would write into it. */
  content: string;
  /** What it means that it is there already, the end of a sentence: `WordPress is being updated`. */
  meaning: string;
}

/** Brings an application to rest that is so while a certain file exists. What is not of this content is left alone. */
export function restByFlagFile({ title, path, content, meaning }: FlagFile): Consistency {
  return {
    title,
    async begin({ record }) {
      await record(path);
      try {
        await writeFile(path, content, { flag: "wx", mode: 0o644 });
      } catch (error) {
        throw hasErrorCode(error, "EEXIST") ? isThere() : notWritten(error);
      }
    },
    async end(token) {
      if ((await readIfThere(token)) === content) await rm(token, { force: true });
    },
    byHand: (token) => formatCommandLine(["rm", token]),
  };

  function isThere(): OperationError {
    return new OperationError("consistency-failed", `${path} is there already: ${meaning}`, {
      hint: "back up once that is over; if it is not so, remove the file",
    });
  }

  function notWritten(cause: unknown): OperationError {
    return new OperationError("consistency-failed", `${path} cannot be written: ${errorMessage(cause)}`, {
      hint: "run the agent as root, or as the user that the files belong to",
      cause,
    });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
