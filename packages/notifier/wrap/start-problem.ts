import { open, stat } from "node:fs/promises";
import { errorMessage, hasErrorCode } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import type { Ending } from "../ending.ts";

type NotStarted = Extract<Ending, { kind: "not-started" }>;

/** Says why a command could not be started, with the shell's exit codes: 127 not found, 126 there but not executable. */
export async function explainStartProblem(command: string, searchPath: string, error: unknown): Promise<NotStarted> {
  const file = command.includes("/") ? await existing(command) : await findExecutable([command], searchPath);
  if (hasErrorCode(error, "ENOENT", "ENOTDIR")) {
    if (file === undefined) {
      const place = command.includes("/") ? "" : " in any directory of PATH";
      return notStarted(127, `${command}: not found${place}`);
    }
    const interpreter = await readInterpreter(file);
    return notStarted(126, `${file}: its interpreter ${interpreter ?? "or loader"} does not exist`);
  }
  if (hasErrorCode(error, "EACCES", "EPERM", "EISDIR", "ENOEXEC", "ELOOP", "ETXTBSY", "E2BIG", "ENAMETOOLONG")) {
    return notStarted(126, `${command}: cannot be executed: ${await describeObstacle(command, error)}`);
  }
  return notStarted(125, `${command}: could not be started: ${errorMessage(error)}`);
}

function notStarted(exitCode: NotStarted["exitCode"], problem: string): NotStarted {
  return { kind: "not-started", exitCode, problem };
}

async function existing(path: string): Promise<string | undefined> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES", "ELOOP")) return undefined;
    throw error;
  }
}

async function describeObstacle(command: string, error: Error): Promise<string> {
  if (hasErrorCode(error, "EACCES") && command.includes("/") && (await existing(command)) !== undefined) {
    if ((await stat(command)).isDirectory()) return "it is a directory";
    return `permission denied; run: chmod +x ${command}`;
  }
  return errorMessage(error);
}

/** What stands behind `#!` in the first line of a script. */
async function readInterpreter(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return /^#!\s*(\S+)/.exec(buffer.toString("utf8", 0, bytesRead))?.[1];
  } finally {
    await handle.close();
  }
}
