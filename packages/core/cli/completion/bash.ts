import { quoteForShell } from "../../shell-words.ts";
import { type CommandNode, flattenCommands, optionsOf } from "../command-tree.ts";

/** A script for bash: commands, options and their choices; where there are none, names of files. */
export function bashCompletion(program: CommandNode): string {
  const [name = ""] = program.path;
  const nodes = flattenCommands(program);
  const known = nodes.slice(1).map(({ path }) => `${quoteForShell(path.join(" "))})`);
  const choices = nodes
    .flatMap(({ options }) => options)
    .filter(({ choices }) => choices.length > 0)
    .map(({ flags, choices }) => `    ${flags.join("|")}) offered=${quoteForShell(choices.join(" "))} ;;`);
  const valued = new Set(
    nodes.flatMap(({ options }) => options.filter(({ value }) => value !== undefined).flatMap(({ flags }) => flags)),
  );
  const offers = nodes.map((node) => {
    const words = [
      ...node.commands.map(({ path }) => path.at(-1) ?? ""),
      ...node.arguments.flatMap(({ choices }) => choices),
      ...optionsOf(node, program).flatMap(({ flags }) => flags),
    ];
    return `      ${quoteForShell(node.path.join(" "))}) offered=${quoteForShell(words.join(" "))} ;;`;
  });
  const variable = `_${name.replaceAll("-", "_")}_complete`;
  return `# bash completion of ${name}
${variable}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path=${name} offered= word index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index += 1)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == -- ]]; then
      ((index + 1 == COMP_CWORD)) && COMPREPLY=($(compgen -c -- "$current"))
      return
    fi
    case "$path $word" in
      ${known.map((pattern) => `${pattern} path="$path $word" ;;`).join("\n      ")}
    esac
  done
  case $previous in
${choices.join("\n")}
    ${[...valued].join("|")}) return ;;
    *)
      case $path in
  ${offers.join("\n  ")}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F ${variable} ${name}
`;
}
