import { buildProgram, type Handle, type ProgramDescription } from "@catapullt/core/cli/program";
import type { Command } from "commander";

const idle: Handle = () => async () => {};

/** Every command's help of one program, as Markdown sections. */
export function describeCommands(description: ProgramDescription): string {
  return listCommands(buildProgram(description, idle))
    .map(({ command, path }) => `${path.includes(" ") ? "###" : "##"} ${path}\n\n\`\`\`\n${helpOf(command)}\n\`\`\``)
    .join("\n\n");
}

function listCommands(command: Command, prefix = ""): { command: Command; path: string }[] {
  const path = `${prefix}${command.name()}`;
  return [{ command, path }, ...command.commands.flatMap((child) => listCommands(child, `${path} `))];
}

function helpOf(command: Command): string {
  return command.configureHelp({ helpWidth: 110 }).helpInformation().trimEnd();
}
