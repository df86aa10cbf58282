import { fileURLToPath } from "node:url";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { execa } from "execa";

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

export interface WritingProcess {
  result: Promise<{ exitCode: number | undefined; stdout: string }>;
  kill(signal: NodeJS.Signals): void;
}

export function startWriting(request: WriteRequest): WritingProcess {
  const [command = "", ...args] = writeCommand(request);
  const child = execa(command, args, { reject: false });
  return {
    result: child.then(({ exitCode, stdout }) => ({ exitCode, stdout })),
    kill: (signal) => child.kill(signal),
  };
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
