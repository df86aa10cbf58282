import type { CommandNode } from "../command-tree.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

/** The shells for which a program writes its completion, and what each script is called where the shell looks for it. */
export const shells: Readonly<
  Record<string, { render(program: CommandNode): string; fileName(command: string): string }>
> = {
  bash: { render: bashCompletion, fileName: (command) => command },
  zsh: { render: zshCompletion, fileName: (command) => `_${command}` },
  fish: { render: fishCompletion, fileName: (command) => `${command}.fish` },
};
