import { createInterface } from "node:readline";
import type { CommandContext } from "@catapullt/core/cli/program";
import { OperationError } from "@catapullt/core/errors";

export interface Confirmation {
  /** `--yes` */
  isGiven: boolean;
  /** What is about to happen. */
  text: string;
  input?: NodeJS.ReadStream;
}

/** Asks on a terminal, and takes nothing but `yes`. Throws `usage-invalid` where nobody can be asked. */
export async function confirm(
  { isGiven, text, input = process.stdin }: Confirmation,
  { terminal, signal }: Pick<CommandContext, "terminal" | "signal">,
): Promise<void> {
  if (isGiven) return;
  if (!terminal.isInteractive || !input.isTTY) {
    throw new OperationError("usage-invalid", "nobody can be asked here whether this restore is right", {
      hint: "see what it would do with --dry-run, then repeat it with --yes",
    });
  }
  terminal.write(`${text}\ntype yes to go on: `);
  const answer = await readLine(input, signal);
  if (answer.trim().toLowerCase() === "yes") return;
  throw new OperationError("restore-refused", "the answer was not yes: nothing was changed");
}

async function readLine(input: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input, signal });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    signal.throwIfAborted();
  }
}
