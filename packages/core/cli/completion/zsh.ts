import { quoteForShell } from "../../shell-words.ts";
import { type CommandNode, flattenCommands, optionsOf } from "../command-tree.ts";

/** A script for zsh: commands and options with what they do, and names of files. */
export function zshCompletion(program: CommandNode): string {
  const [name = ""] = program.path;
  const nodes = flattenCommands(program);
  const offers = nodes.map((node) => {
    const items = [
      ...node.commands.map(({ path, summary }) => item(path.at(-1) ?? "", summary)),
      ...node.arguments.flatMap(({ choices, description }) => choices.map((choice) => item(choice, description))),
      ...optionsOf(node, program).flatMap(({ flags, description }) => flags.map((flag) => item(flag, description))),
    ];
    return `  ${quoteForShell(node.path.join(" "))}) offered=(${items.join(" ")}) ;;`;
  });
  return `#compdef ${name}
# zsh completion of ${name}
local path_=${name} word
local -a offered
for word in \${words[2,CURRENT-1]}; do
  if [[ $word == -- ]]; then
    _normal
    return
  fi
  case "$path_ $word" in
    ${nodes
      .slice(1)
      .map(({ path }) => `${quoteForShell(path.join(" "))}) path_="$path_ $word" ;;`)
      .join("\n    ")}
  esac
done
case $path_ in
${offers.join("\n")}
esac
_describe -o ${name} offered
_files
`;
}

// Between a word and what it means stands a colon, and in both it is escaped.
function item(word: string, meaning: string): string {
  const [first = ""] = meaning.split("\n");
  return quoteForShell(`${word.replaceAll(":", "\\:")}:${first.replaceAll(":", "\\:")}`);
}
