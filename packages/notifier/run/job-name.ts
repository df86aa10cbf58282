import { basename } from "node:path";

// Global options of backup-agent and archiver that take a value.
const optionsWithValue = new Set(["-c", "--config", "--log-format"]);

/**
 * What a run is called where no `--name` says so: the application for `backup-agent confluence`, `archiver pull` for the
 * archiver, else the command's base name. It depends on the command line alone, so that each run of a job has the same.
 */
export function deriveJobName(command: readonly string[]): string {
  const [program = "", ...args] = command;
  const name = basename(program) || program;
  const [first, second] = operands(args);
  if (name === "backup-agent") {
    if (first === "backup") return second ?? name;
    return first === undefined || second !== undefined ? [name, first, second].filter(Boolean).join(" ") : first;
  }
  return name === "archiver" && first !== undefined ? `${name} ${first}` : name;
}

function operands(args: readonly string[]): string[] {
  return args.filter((arg, index) => !arg.startsWith("-") && !optionsWithValue.has(args[index - 1] ?? ""));
}
