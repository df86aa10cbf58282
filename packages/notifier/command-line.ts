import { suggest } from "@catapullt/core/config/suggestion";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { runOptionsWithValue } from "./run/options.ts";

/** notify's own commands; anything else to be run stands after `--`. */
export const subcommands = ["test", "flush", "check", "digest", "preview", "init", "config"] as const;

// notify's own options that take a value in the next word.
const optionsWithValue = new Set(["-c", "--config", "--log-format", ...runOptionsWithValue]);

export interface CommandLine {
  /** What is notify's own: options, or one of its commands. */
  own: readonly string[];
  /** The command to run; undefined where one of notify's own commands is called. */
  command: readonly string[] | undefined;
  /** What is wrong with it, with the line that was probably meant. */
  problem: { message: string; hint: string } | undefined;
}

const usage = "usage: notify [options] -- <command> [args...]     (see notify --help)";

/** Takes notify's command line apart: what stands after the first `--` is the command's, letter by letter. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const separator = argv.indexOf("--");
  const before = separator < 0 ? argv : argv.slice(0, separator);
  const operand = findOperand(before);
  if (isSubcommand(before[operand])) return { own: argv, command: undefined, problem: undefined };

  const own = before.slice(0, operand);
  const command = separator < 0 ? [] : argv.slice(separator + 1);
  if (operand < before.length) return { own, command, problem: misplaced(before, operand, separator >= 0) };
  const problem = { message: "there is no command to run", hint: usage };
  return { own, command, problem: command.length === 0 || command[0] === "" ? problem : undefined };
}

function isSubcommand(word: string | undefined): boolean {
  return subcommands.some((name) => name === word);
}

/** The index of the first word that is neither an option nor its value; the number of words if there is none. */
function findOperand(words: readonly string[]): number {
  const index = words.findIndex((word, position) => {
    return !word.startsWith("-") && !optionsWithValue.has(words[position - 1] ?? "");
  });
  return index < 0 ? words.length : index;
}

function misplaced(words: readonly string[], operand: number, hasSeparator: boolean): CommandLine["problem"] {
  if (hasSeparator) {
    const word = formatCommandLine(words.slice(operand, operand + 1));
    return { message: `${word} stands before \`--\`, where only notify's own options go`, hint: usage };
  }
  const options = words.slice(0, operand);
  const [first = "", ...rest] = words.slice(operand);
  const own = suggest(first, subcommands);
  const meant = [...(own === undefined ? [] : [[...options, own, ...rest]]), [...options, "--", first, ...rest]];
  return {
    message: "the command to run must stand after `--`",
    hint: `did you mean: ${meant.map((line) => formatCommandLine(["notify", ...line])).join(", or: ")}`,
  };
}
