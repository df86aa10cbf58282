const otherCommands = new Set([
  ...["applications", "inspect", "verify", "restore", "drill", "prune", "doctor", "init", "config"],
]);
const optionsWithValue = new Set(["-c", "--config", "--log-format"]);

/** True where a command line, or the text of a script, backs this application up. Pure. */
export function backsUp(text: string, application: string): boolean {
  for (const match of text.matchAll(/(?<![\w-])backup-agent(?![\w-])([^\n;&|)]*)/g)) {
    const words = (match[1] ?? "").split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ""));
    const operands = words.filter((word, index) => {
      return word !== "" && !word.startsWith("-") && !optionsWithValue.has(words[index - 1] ?? "");
    });
    const [operand = ""] = operands[0] === "backup" ? operands.slice(1) : operands;
    if (operand === application && !otherCommands.has(operands[0] ?? "")) return true;
    if (operand.startsWith("$") && new RegExp(`(?<![\\w.-])${escapePattern(application)}(?![\\w.-])`).test(text))
      return true;
  }
  return false;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
