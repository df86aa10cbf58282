import { type CommandNode, type CommandOption, flattenCommands } from "@catapullt/core/cli/command-tree";

/** A manual page of section 1 for a program with all its commands, in the man(7) macros. */
export function renderManPage(program: CommandNode, version: string): string {
  const [name = ""] = program.path;
  const [title = ""] = program.description.split("\n");
  const commands = flattenCommands(program).slice(1);
  return `${[
    `.TH ${quote(name.toUpperCase())} 1 "" ${quote(`backup-tools ${version}`)}`,
    ".SH NAME",
    `${text(name)} \\- ${text(title)}`,
    ".SH SYNOPSIS",
    ...program.usage
      .split("\n")
      .map(
        (usage, index) =>
          `${index === 0 ? "" : ".br\n"}.B ${text(name)}\n${text(usage.trim().replace(new RegExp(`^${name} `), ""))}`,
      ),
    ".SH DESCRIPTION",
    text(program.description),
    ".SH OPTIONS",
    ...program.options.map(renderOption),
    ".SH COMMANDS",
    ...commands.map(renderCommand),
    ".SH SEE ALSO",
    text(`${name} --help, ${name} COMMAND --help`),
  ].join("\n")}\n`;
}

function renderCommand({ path, usage, description, arguments: parameters, options }: CommandNode): string {
  return [
    `.SS ${quote(`${path.slice(1).join(" ")} ${usage}`)}`,
    text(description),
    ...parameters.map((parameter) => item(parameter.name, parameter.description)),
    ...options.filter(({ flags }) => !flags.includes("--help")).map(renderOption),
  ].join("\n");
}

function renderOption({ flags, value, description }: CommandOption): string {
  return item(`${flags.join(", ")}${value === undefined ? "" : ` ${value}`}`, description);
}

function item(term: string, description: string): string {
  return `.TP\n.B ${text(term)}\n${text(description)}`;
}

function quote(value: string): string {
  return `"${text(value).replaceAll('"', "\\(dq")}"`;
}

// A backslash begins an escape, a dot or an apostrophe at a line's start a macro, and a plain hyphen breaks options.
function text(value: string): string {
  return value
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
