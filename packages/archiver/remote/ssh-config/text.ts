import { glob, open } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";

const deepest = 16;

/**
 * The text of a file of OpenSSH's configuration, with what it includes in the place of `Include`. A file that does not exist is
 * empty, unless it `isNamed` by our own configuration. Fails with `config-unsafe` where others may write to it, as OpenSSH does.
 */
export async function readSshConfig(
  file: string,
  { directory, isNamed = false, depth = 0 }: { directory: string; isNamed?: boolean; depth?: number },
): Promise<string> {
  if (depth > deepest)
    throw new OperationError("config-invalid", `${file} includes itself, or files that include it`, {
      hint: "take out the `Include` line that closes the circle",
    });
  const lines = (await readSafely(file, isNamed)).split("\n");
  const expanded = lines.map(async (line) => {
    const [, list] = /^\s*include[\s=]+(.+?)\s*$/i.exec(line) ?? [];
    if (list === undefined) return line;
    const patterns = [...list.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const texts: string[] = [];
    for (const pattern of patterns)
      for (const included of await filesOf(pattern, directory))
        texts.push(await readSshConfig(included, { directory, depth: depth + 1 }));
    return texts.join("\n");
  });
  return (await Promise.all(expanded)).join("\n");
}

async function filesOf(pattern: string, directory: string): Promise<string[]> {
  const path = pattern.replace(/^~\/(\.ssh\/)?/, (_, ssh) => (ssh ? `${directory}/` : `${join(directory, "..")}/`));
  const files: string[] = [];
  for await (const file of glob(isAbsolute(path) ? path : join(directory, path))) files.push(file);
  return files.sort();
}

async function readSafely(file: string, isNamed: boolean): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { mode, uid } = await handle.stat();
      if ((mode & 0o022) !== 0 || (uid !== 0 && uid !== process.getuid?.())) {
        throw new OperationError("config-unsafe", `others may write to ${file}, and it says where keys are sent`, {
          hint: `it must belong to this user or root: chmod go-w ${file}`,
        });
      }
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof OperationError) throw error;
    if (!isNamed && hasErrorCode(error, "ENOENT", "ENOTDIR")) return "";
    throw new OperationError("config-invalid", `${file} cannot be read: ${errorMessage(error)}`, {
      hint: "`sshConfig` names it: true stands for ~/.ssh/config and /etc/ssh/ssh_config",
      cause: error,
    });
  }
}
