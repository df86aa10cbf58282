import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type SystemProgram, systemProgram } from "@catapullt/testkit/system-packages";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect } from "vitest";
import type { RoundTripSubject } from "./round-trip-subject.ts";

const stockTools: readonly SystemProgram[] = [
  ...(["tar", "zstd", "sha1sum", "mkdir", "rm", "mariadb", "sqlite3", "psql", "pg_restore", "vacuumdb"] as const),
];

/** A PATH on which nothing is but the tools that the guide speaks of. */
function stockPath(): string {
  const directory = temporaryDirectory("stock-tools");
  for (const name of stockTools) symlinkSync(systemProgram(name), join(directory, name));
  return directory;
}

/** The commands of all `sh` blocks, in order. */
function commandsOf(guide: string): string {
  return [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands).join("");
}

/**
 * Runs all commands of an archive's RESTORE.md in its directory on a terminal, with nothing but stock tools, and types the
 * password when asked; stops at the first that fails. Returns the guide.
 */
export async function followGuide(
  archive: string,
  { password = "", environment = {} }: RoundTripSubject["administrator"],
): Promise<string> {
  const guide = execFileSync("tar", ["-xOf", archive, "RESTORE.md"], { encoding: "utf8" });
  const script = join(temporaryDirectory("guide"), "commands.sh");
  writeFileSync(script, commandsOf(guide));
  const terminal = spawn(
    systemProgram("script"),
    ["--quiet", "--return", "--flush", "--command", `/bin/bash -e -o pipefail ${script}`, "/dev/null"],
    {
      cwd: dirname(archive),
      env: { PATH: stockPath(), HOME: "/nonexistent", LANG: "C.UTF-8", SHELL: "/bin/sh", ...environment },
      timeout: 120_000,
    },
  );
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    if (shown.endsWith("password: ")) terminal.stdin.write(`${password}\n`);
  });
  const [exitCode] = await once(terminal, "close");
  expect(exitCode, shown).toBe(0);
  return guide;
}
