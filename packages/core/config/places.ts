import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "../errors.ts";

export type ConfigProgram = "agent" | "notify" | "archiver";

export interface PlaceOptions {
  program: ConfigProgram;
  /** The value of `--config`. */
  file: string | undefined;
  environment: NodeJS.ProcessEnv;
}

const variables = { agent: "BACKUP_AGENT_CONFIG", notify: "NOTIFY_CONFIG", archiver: "ARCHIVER_CONFIG" } as const;
const extensions = [".yaml", ".yml", ".json"];
const systemDirectory = "/etc/backup-tools";

/**
 * The configuration file of a program: the one that is named, else the one in the first fixed place that has one;
 * undefined where there is none. Nothing is ever searched for in or above the current directory.
 */
export async function findConfigFile(options: PlaceOptions, system = systemDirectory): Promise<string | undefined> {
  const named = namedFile(options);
  if (named !== undefined) {
    await requireFile(named);
    return named.path;
  }
  for (const directory of configDirectories(options.environment, system)) {
    const found = await filesIn(directory, options.program);
    if (found.length > 1) {
      throw new OperationError("config-invalid", `there are several configuration files: ${found.join(" and ")}`, {
        hint: "keep one of them: which would count is not obvious",
      });
    }
    if (found[0] !== undefined) return found[0];
  }
  return undefined;
}

/** The directories in which the configuration is looked for, in this order. */
export function configDirectories(environment: NodeJS.ProcessEnv, system = systemDirectory): string[] {
  const configured = environment.XDG_CONFIG_HOME ?? "";
  // The XDG base directory specification: relative paths are to be ignored.
  const base = isAbsolute(configured) ? configured : join(environment.HOME || homedir(), ".config");
  return [system, join(base, "backup-tools")];
}

interface NamedFile {
  path: string;
  namedBy: string;
}

function namedFile({ program, file, environment }: PlaceOptions): NamedFile | undefined {
  if (file !== undefined) return { path: file, namedBy: "--config" };
  const path = environment[variables[program]];
  return path ? { path, namedBy: `$${variables[program]}` } : undefined;
}

async function requireFile({ path, namedBy }: NamedFile): Promise<void> {
  if (path === "") throw new OperationError("usage-invalid", `${namedBy} names no file`);
  if (await exists(path)) return;
  throw new OperationError("config-missing", `the configuration file ${path}, named by ${namedBy}, does not exist`, {
    hint: "correct the name, or leave it out to use the file in /etc/backup-tools",
  });
}

async function filesIn(directory: string, program: ConfigProgram): Promise<string[]> {
  const paths = extensions.map((extension) => join(directory, `${program}${extension}`));
  const present = await Promise.all(paths.map(exists));
  return paths.filter((_, index) => present[index]);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return false;
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new OperationError("config-invalid", `cannot look for ${path}: ${errorMessage(error)}`, {
      hint: "run it as a user who may read it, or name another file with --config",
      cause: error,
    });
  }
}
