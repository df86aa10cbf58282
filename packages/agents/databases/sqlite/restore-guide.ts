import { dirname } from "node:path";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { RestoreRequest } from "../engine.ts";
import { tarMembers } from "../restore-commands.ts";

/** How to put the copy back by hand, as Markdown lines; see `DatabaseEngine.restoreCommands`. */
export function restoreGuide(request: RestoreRequest): string[] {
  const file = request.settings.file ?? request.settings.name;
  const target = quoteForShell(file);
  const leftovers = ["-wal", "-shm", "-journal"].map((suffix) => quoteForShell(file + suffix)).join(" ");
  return [
    "The dump is the database file itself. While the application is stopped, put it in its place; files of the old",
    "database with the endings `-wal`, `-shm` and `-journal` must not stay beside it.",
    "",
    "```sh",
    `mkdir -p ${quoteForShell(dirname(file))}`,
    `rm -f ${leftovers}`,
    `tar -xOf ${quoteForShell(request.archive)} ${tarMembers(request)} > ${target}`,
    `sqlite3 ${target} 'PRAGMA integrity_check'`,
    "```",
    "",
    "Give the file the owner that it had; the last command is a check and must print `ok`.",
  ];
}
