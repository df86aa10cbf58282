import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { formatArchiveTime } from "../archive/name.ts";
import { writeFileAtomically } from "../atomic-file.ts";
import type { CommandContext } from "../cli/program.ts";
import { noQuestions, openQuestions, type Questions } from "../cli/questions.ts";
import type { CommandResult } from "../cli/result.ts";
import { errorMessage, hasErrorCode, OperationError } from "../errors.ts";
import { type ConfigDraft, renderCommentedYaml } from "./commented-yaml.ts";
import type { ConfigDescription } from "./load.ts";
import { configDirectories, findConfigFile } from "./places.ts";

export interface InitFlags {
  output?: string;
  force?: boolean;
  yes?: boolean;
}

export interface Proposal {
  draft: ConfigDraft;
  /** What to do next, a line an entry. */
  nextSteps: string[];
}

/**
 * Writes a program's first configuration: `propose` asks and says what is in it. Throws `usage-invalid` where there is one
 * already, before anything is asked; with `force` the old one is kept beside it.
 */
export async function initConfig<T>(
  description: ConfigDescription<T>,
  {
    context,
    flags,
    propose,
  }: { context: CommandContext; flags: InitFlags; propose: (questions: Questions) => Promise<Proposal> },
): Promise<CommandResult> {
  const file = await choosePlace(description, context, flags);
  const questions = flags.yes === true ? noQuestions : openQuestions(context);
  try {
    const { draft, nextSteps } = await propose(questions);
    const kept = await write(file, renderCommentedYaml(draft, description.schema));
    const lines = [`wrote ${file}`, ...(kept === undefined ? [] : [`the old one is ${kept}`]), "", "next:"];
    const text = [...lines, ...nextSteps.map((step) => `  ${step}`)].join("\n");
    return { text: `${text}\n`, json: { file, kept: kept ?? null, nextSteps } };
  } finally {
    questions.close();
  }
}

async function choosePlace<T>(
  { program }: ConfigDescription<T>,
  { configFile, environment }: CommandContext,
  { output, force = false }: InitFlags,
): Promise<string> {
  const named = output ?? configFile;
  if (named === "") throw new OperationError("usage-invalid", "--output names no file");
  const [system = "", own = ""] = configDirectories(environment);
  const usual = join(process.getuid?.() === 0 ? system : own, `${program}.yaml`);
  const file = named === undefined ? usual : resolve(named);
  if (!/\.ya?ml$/.test(file))
    throw new OperationError("usage-invalid", `${file}: what is written is YAML`, {
      hint: "name a file that ends in .yaml",
    });
  const found =
    named === undefined
      ? await findConfigFile({ program, file: undefined, environment: { ...environment } })
      : undefined;
  const existing = (await isThere(file)) ? file : found;
  if (existing === undefined || (force && existing === file)) return file;
  throw new OperationError("usage-invalid", `there is a configuration already: ${existing}`, {
    hint:
      existing === file
        ? "name another file with --output, or replace it with --force, which keeps the old one beside it"
        : `only one of them could count: move it away, or name another file with --output`,
  });
}

async function write(file: string, content: string): Promise<string | undefined> {
  const kept = `${file}.${formatArchiveTime(new Date())}.old`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    const isReplaced = await isThere(file);
    if (isReplaced) await copyFile(file, kept);
    await writeFileAtomically(file, content, { mode: 0o640 });
    return isReplaced ? kept : undefined;
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new OperationError("output-failed", `${file} cannot be written: ${errorMessage(error)}`, {
      hint: "run it as root, or name a file where this user may write with --output",
      cause: error,
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)) !== undefined;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
