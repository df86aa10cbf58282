import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseSettings, RestoreRequest } from "./engine.ts";

/** The arguments by which GNU tar finds all parts of the dump, in their order. */
export function tarMembers({ member, alone }: Pick<RestoreRequest, "member" | "alone">): string {
  if (alone) return "database";
  return `--wildcards ${quoteForShell(`${member.replace(/[\\*?[\]]/g, "\\$&")}*`)}`;
}

export interface CommandUse {
  /** `input`: something is piped into it; `terminal`: it asks its user. A command with neither leaves standard input alone. */
  standardInput?: "input" | "terminal" | undefined;
  /** A variable of the shell's environment that it gets. */
  variable?: string | undefined;
}

/** The command line that runs a command where the database's server runs: on this host as it is, else in the container. */
export function whereServerRuns(
  { container }: Pick<DatabaseSettings, "container">,
  command: string,
  { standardInput, variable }: CommandUse = {},
): string {
  if (container === undefined) return command;
  const options = [
    ...(standardInput === undefined ? [] : [standardInput === "input" ? "-i" : "-it"]),
    ...(variable === undefined ? [] : ["-e", variable]),
  ];
  return [container.runtime, "exec", ...options, container.name, command].join(" ");
}

/**
 * Markdown lines that ask for a password into a variable. Inside a container no client program can: without a terminal it
 * would take the first line of the dump for the answer.
 */
export function askForPassword(user: string, variable: string): string[] {
  return [
    `First give the password of ${user}; this line alone, since it reads the next one:`,
    "",
    "```sh",
    `printf 'Password: '; stty -echo; IFS= read -r ${variable}; stty echo; export ${variable}`,
    "```",
    "",
    "Then:",
    "",
  ];
}
