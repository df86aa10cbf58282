import { backupAgent } from "@catapullt/agents/main";
import { archiver } from "@catapullt/archiver/main";
import { buildProgram } from "@catapullt/core/cli/program";
import { notify } from "@catapullt/notifier/main";
import { type Command, CommanderError } from "commander";
import { type ParseEntry, parse } from "shell-quote";
import type { Page } from "./page.ts";

const programs = new Map([backupAgent, notify, archiver].map((program) => [program.name, program]));

interface Call {
  program: string;
  /** Without the name of the program. */
  words: string[];
}

/** A call of one of the programs that a page shows. */
export interface ShownCommand extends Call {
  line: number;
  /** It stands in a sentence, which may name a command without its arguments. */
  isNamed: boolean;
}

/** Calls of the three programs in a page: in its commands, in lines of cron and systemd, and in backquotes in its sentences. */
export function findCommands(page: Page): ShownCommand[] {
  const shown = page.codeBlocks.flatMap((block) => {
    const lines =
      block.language === "sh" ? commandLines(block.content) : block.content.split("\n").map(scheduledCommand);
    return lines.map((text, index) => ({ text, line: block.line + 1 + index, isNamed: false }));
  });
  const named = page.codeSpans.map(({ text, line }) => ({ text: scheduledCommand(text) || text, line, isNamed: true }));
  return [...shown, ...named].flatMap(({ text, ...place }) => callsIn(text).map((call) => ({ ...call, ...place })));
}

/** The lines of a script, without the texts that stand in it for another program to read; what goes on in the next line is one with it. */
function commandLines(script: string): string[] {
  const withoutDocuments = script.replace(/(<<-?\s*'?(\w+)'?.*)\n[\s\S]*?^\s*\2$/gm, (text, command) => {
    return command + "\n".repeat(text.split("\n").length - 1);
  });
  const joined = withoutDocuments.replace(/(?:.*\\\n)+.*/g, (text) => {
    return text.replaceAll("\\\n", " ") + "\n".repeat(text.split("\n").length - 1);
  });
  return joined.split("\n");
}

/** What a line of a crontab, of a systemd unit or of a session (`$ …`) runs; empty where it is none of these. */
function scheduledCommand(line: string): string {
  const [, command = ""] = /^\s*(?:(?:[\d*/,-]+ +){4}[\w*/,-]+ +|@\w+ +|ExecStart=|\$ )(.*)$/.exec(line) ?? [];
  return command.replace(/^[a-z-]+ +(?=(?:[A-Z_]\w*=\S+ +)*(?:backup-agent|notify|archiver)\b)/, "");
}

/** What the help of a program and of each of its commands gives as examples, by the command: `archiver pull`. */
export function findExamples(): Map<string, ShownCommand[]> {
  const found = new Map<string, ShownCommand[]>();
  for (const description of programs.values()) {
    const visit = (command: Command, name: string) => {
      const written: string[] = [];
      command.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
      const [, lines = ""] = written.join("").split("\nExamples:\n");
      const calls = lines.split("\n").flatMap(callsIn);
      found.set(
        name,
        calls.map((call) => ({ ...call, line: 0, isNamed: false })),
      );
      for (const child of command.commands) visit(child, `${name} ${child.name()}`);
    };
    visit(
      buildProgram(description, () => async () => {}),
      description.name,
    );
  }
  return found;
}

function callsIn(line: string): Call[] {
  if (![...programs.keys()].some((name) => line.includes(name))) return [];
  const withoutDescriptors = line.replace(/(?<=^|\s)\d+(?=[<>])/g, "");
  return simpleCommands(parse(withoutDescriptors, (name) => `$${name}`)).flatMap((words) => {
    const starts = words.flatMap((word, index) =>
      programs.has(nameOf(word)) && isCalled(words, index) ? [index] : [],
    );
    const quoted = words.filter((word) => word.includes(" ")).flatMap(callsIn);
    const calls = starts.map((start) => ({ program: nameOf(words[start] ?? ""), words: words.slice(start + 1) }));
    return [...calls, ...quoted];
  });
}

/** Commands between `|`, `&&`, `;` and the like, without what is redirected. */
function simpleCommands(entries: readonly ParseEntry[]): string[][] {
  const commands: string[][] = [[]];
  let isRedirected = false;
  for (const entry of entries) {
    if (typeof entry === "object" && "comment" in entry) break;
    const operator = typeof entry === "object" && entry.op !== "glob" ? entry.op : undefined;
    const word = typeof entry === "string" ? entry : entry.op === "glob" ? entry.pattern : undefined;
    if (operator !== undefined && !/[<>]/.test(operator)) commands.push([]);
    if (word !== undefined && !isRedirected) commands.at(-1)?.push(word);
    isRedirected = operator !== undefined && /[<>]/.test(operator);
  }
  return commands;
}

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

const runners = ["--", "exec", "env", "sudo", "time", "if", "then", "do", "!"];

/** Whether the word at this place is what is run: the first one, or the first after variables, `--` or a word that runs it. */
function isCalled(words: readonly string[], index: number): boolean {
  const before = words[index - 1];
  return before === undefined || /^[A-Z_]\w*=/.test(before) || runners.includes(before);
}

const incomplete = ["commander.missingArgument", "commander.optionMissingArgument", "commander.help"];

/** What the program itself says is wrong with a call; undefined where it would run. */
export async function findCommandProblem({ program, words, isNamed }: ShownCommand): Promise<string | undefined> {
  const description = programs.get(program);
  if (description === undefined) throw new Error(`there is no program ${program}`);
  const separator = program === notify.name ? words.indexOf("--") : -1;
  const own = (separator === -1 ? words : words.slice(0, separator)).filter((word) => !(isNamed && word === "…"));
  const parser = buildProgram(description, () => async () => {}).configureOutput({ writeOut: () => {} });
  try {
    await parser.parseAsync(own, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && !(isNamed && incomplete.includes(error.code))) return error.message;
  }
  return undefined;
}
