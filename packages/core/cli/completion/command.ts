import { Argument, type Command } from "commander";
import { examples } from "../examples.ts";
import type { Handle } from "../program.ts";

const shellNames = ["bash", "zsh", "fish"];

/** Adds `completion <shell>`: the script by which a shell completes the program's commands and options. */
export function registerCompletionCommand(program: Command, handle: Handle): void {
  const name = program.name();
  program
    .command("completion")
    .summary("print the completion script of a shell")
    .description("Prints the script by which a shell completes the commands and options of this program.")
    .addArgument(new Argument("<shell>", "for which shell").choices(shellNames))
    .addHelpText(
      "after",
      examples(
        `${name} completion bash > /etc/bash_completion.d/${name}`,
        `${name} completion zsh > /usr/local/share/zsh/site-functions/_${name}`,
        `${name} completion fish > /etc/fish/completions/${name}.fish`,
      ),
    )
    .action(
      handle(async (_context, shell: string) => {
        const { describeCommandTree } = await import("../command-tree.ts");
        const { shells } = await import("./shells.ts");
        return { text: shells[shell]?.render(describeCommandTree(program)) ?? "", json: { shell } };
      }),
    );
}
