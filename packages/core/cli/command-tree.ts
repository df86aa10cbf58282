import type { Command, Option } from "commander";

export interface CommandOption {
  /** `-c`, `--config`. */
  flags: string[];
  /** What stands for its value, such as `<file>`; undefined where it takes none. */
  value: string | undefined;
  choices: readonly string[];
  description: string;
}

/** A program or one of its commands, as plain data for whatever describes it. */
export interface CommandNode {
  /** Names from the program on: `["backup-agent", "config", "check"]`. */
  path: readonly string[];
  summary: string;
  description: string;
  /** What follows the path: `[options] <application>`. */
  usage: string;
  arguments: { name: string; choices: readonly string[]; description: string }[];
  options: CommandOption[];
  commands: CommandNode[];
}

/** Reads commander's description of a program. */
export function describeCommandTree(command: Command, above: readonly string[] = []): CommandNode {
  const path = [...above, command.name()];
  const help = command.createHelp();
  return {
    path,
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return {
        name: argument.required ? `<${name}>` : `[${name}]`,
        choices: argument.argChoices ?? [],
        description: argument.description,
      };
    }),
    options: help.visibleOptions(command).map(describeOption),
    commands: command.commands.map((child) => describeCommandTree(child, path)),
  };
}

function describeOption({ short, long, flags, argChoices = [], description }: Option): CommandOption {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    value: /[<[].*[>\]]$/.exec(flags)?.[0],
    choices: argChoices,
    description,
  };
}

/** The node itself and all below it. */
export function flattenCommands(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(flattenCommands)];
}

/** The options that a command takes: its own and those of the program. */
export function optionsOf(node: CommandNode, program: CommandNode): CommandOption[] {
  return node === program
    ? node.options
    : [...node.options.filter(({ flags }) => !flags.includes("--help")), ...program.options];
}
