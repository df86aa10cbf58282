import { quoteForShell } from "../../shell-words.ts";
import { type CommandNode, type CommandOption, flattenCommands } from "../command-tree.ts";

/** A script for fish: commands, options and their choices, with what they do, and names of files. */
export function fishCompletion(program: CommandNode): string {
  const [name = ""] = program.path;
  const lines = [
    `# fish completion of ${name}`,
    ...program.options.map((option) => `complete -c ${name} ${describeOption(option)}`),
    ...flattenCommands(program).flatMap((node) => [
      ...node.commands.map(({ path, summary }) => {
        const [meaning = ""] = summary.split("\n");
        return `complete -c ${name} -n ${quoteForShell(conditionFor(node))} -a ${path.at(-1)} -d ${quoteForShell(meaning)}`;
      }),
      ...node.arguments
        .filter(({ choices }) => choices.length > 0)
        .map(({ choices, description }) => {
          const offered = `-f -a ${quoteForShell(choices.join(" "))} -d ${quoteForShell(description)}`;
          return `complete -c ${name} -n ${quoteForShell(conditionFor(node))} ${offered}`;
        }),
      ...(node === program ? [] : node.options.filter(({ flags }) => !flags.includes("--help"))).map(
        (option) => `complete -c ${name} -n ${quoteForShell(conditionFor(node))} ${describeOption(option)}`,
      ),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

// Inside a command none of its own commands may be there yet.
function conditionFor({ path, commands }: CommandNode): string {
  const seen = path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
  const children = commands.map((child) => child.path.at(-1)).join(" ");
  return [...seen, ...(children === "" ? [] : [`not __fish_seen_subcommand_from ${children}`])].join("; and ");
}

function describeOption({ flags, value, choices, description }: CommandOption): string {
  const [meaning = ""] = description.split("\n");
  return [
    ...flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)),
    ...(value === undefined ? [] : ["-r"]),
    ...(choices.length === 0 ? [] : [`-f -a ${quoteForShell(choices.join(" "))}`]),
    `-d ${quoteForShell(meaning)}`,
  ].join(" ");
}
