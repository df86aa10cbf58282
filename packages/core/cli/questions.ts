import { createInterface } from "node:readline";
import { OperationError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

export interface Question {
  text: string;
  /** The answer to an empty line, and where nobody is asked. */
  initial: string;
  /** What is wrong with an answer; undefined where nothing is. It is then asked again. */
  check?: (answer: string) => string | undefined;
}

/** Asks one question after the other. */
export interface Questions {
  ask(question: Question): Promise<string>;
  /** True for yes. */
  confirm(text: string, initial: boolean): Promise<boolean>;
  close(): void;
}

/** Asks nobody: every answer is the initial one. */
export const noQuestions: Questions = {
  ask: async ({ initial }) => initial,
  confirm: async (_, initial) => initial,
  close: () => {},
};

export interface QuestionsOptions {
  terminal: Terminal;
  signal: AbortSignal;
  input?: NodeJS.ReadStream;
}

/** Asks on the terminal, by standard error; nobody is asked where there is none. Throws `usage-invalid` where the input ends. */
export function openQuestions({ terminal, signal, input = process.stdin }: QuestionsOptions): Questions {
  if (!terminal.isInteractive || !input.isTTY) return noQuestions;
  const reader = createInterface({ input, signal });
  const lines = reader[Symbol.asyncIterator]();

  async function readLine(prompt: string): Promise<string> {
    terminal.write(prompt);
    const { value, done } = await lines.next();
    signal.throwIfAborted();
    if (done === true)
      throw new OperationError("usage-invalid", "the answers ended: nothing was written", {
        hint: "answer all questions, or take all defaults with --yes",
      });
    return String(value).trim();
  }

  async function ask({ text, initial, check }: Question): Promise<string> {
    const answer = (await readLine(`${text}${initial === "" ? "" : ` [${initial}]`}: `)) || initial;
    const problem = check?.(answer);
    if (problem === undefined) return answer;
    terminal.write(`  ${problem}\n`);
    return await ask({ text, initial, check: check as (answer: string) => string | undefined });
  }

  return {
    ask,
    async confirm(text, initial) {
      const check = (answer: string) => (/^(?:y|yes|n|no)$/i.test(answer) ? undefined : "answer yes or no");
      return /^y/i.test(await ask({ text, initial: initial ? "yes" : "no", check }));
    },
    close: () => reader.close(),
  };
}
