import { fileURLToPath } from "node:url";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { execa, type ResultPromise } from "execa";

const script = fileURLToPath(new URL("./write-archive.ts", import.meta.url));

export interface WriteRequest {
  directory: string;
  root: string;
  dumpBytes?: number;
}

/** The command that writes an archive in a process of its own; it prints its result as one line of JSON. */
export function writeCommand(request: WriteRequest): string[] {
  return [process.execPath, script, JSON.stringify(request)];
}

export function startWriting(request: WriteRequest): ResultPromise<{ reject: false }> {
  const [command = "", ...args] = writeCommand(request);
  return execa(command, args, { reject: false });
}

/**
 * Runs a shell script in a mount namespace of its own, where it may mount what it likes; `"$@"` is `args`. Mounts vanish
 * with it.
 */
export async function runWithMounts(shellScript: string, args: readonly string[]): Promise<string> {
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const { stdout } = await execa(systemProgram("unshare"), [
    ...asRoot,
    "--mount",
    "sh",
    "-euc",
    shellScript,
    "sh",
    ...args,
  ]);
  return stdout;
}
