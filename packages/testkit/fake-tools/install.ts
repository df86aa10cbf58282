import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { type SystemProgram, systemProgram } from "../system-packages.ts";
import type { DumpBehaviour, DumpFlavour } from "./behaviour.ts";

export interface FakeTools {
  /** A directory that need not exist; it becomes the whole search path. */
  directory: string;
  /** Real programs to put there under their own names. */
  real?: readonly SystemProgram[] | undefined;
  /** Fake dump tools by the name under which they are found, such as `mysqldump`. */
  dump?: Readonly<Record<string, { flavour: DumpFlavour; behaviour: DumpBehaviour }>> | undefined;
}

/** Fills a directory with real and fake tools; returns the `PATH` on which only these are found. */
export function installFakeTools({ directory, real = [], dump = {} }: FakeTools): string {
  mkdirSync(directory, { recursive: true });
  for (const name of real) symlinkSync(systemProgram(name), join(directory, name));
  const program = fileURLToPath(new URL("./dump-program.ts", import.meta.url));
  for (const [name, { flavour, behaviour }] of Object.entries(dump)) {
    const settings = { flavour, behaviour, tool: systemProgram("mariadb-dump") };
    const words = [process.execPath, program, JSON.stringify(settings)];
    const path = join(directory, name);
    writeFileSync(
      path,
      `#!/bin/sh
exec ${formatCommandLine(words)} "$@"
`,
    );
    chmodSync(path, 0o755);
  }
  return directory;
}
