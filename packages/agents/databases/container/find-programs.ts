import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { run } from "@catapullt/core/process/run";
import type { ContainerAddress, DatabaseContext } from "../engine.ts";
import type { FoundProgram, ToolEnvironment } from "../program.ts";
import { containerFailure } from "./failures.ts";
import { containerProgram } from "./program.ts";
import { findGreeting, findScript } from "./scripts.ts";

export interface ProgramSearch {
  names: readonly string[];
  /** Looked into besides the container's own PATH; may be patterns of the shell. */
  directories?: readonly string[] | undefined;
  environment: ToolEnvironment;
}

export interface ContainerProgram extends FoundProgram {
  /** The path with all links followed. */
  target: string;
}

const answerLimit = 60_000;

/**
 * The programs of these names in a container, in the order of names, then of directories. Throws `database-unreachable` where
 * it cannot be entered, `tool-missing` where docker or podman, or a shell, is.
 */
export async function findInContainer(
  container: ContainerAddress,
  { names, directories = [], environment }: ProgramSearch,
  context: DatabaseContext,
): Promise<ContainerProgram[]> {
  const runtime = await findRuntime(container, context);
  const script = findScript(directories, environment);
  const finished = await run(runtime, ["exec", container.name, "sh", "-c", script, "sh", ...names], {
    environment: context.environment,
    signal: context.signal,
    timeout: answerLimit,
  });
  context.signal.throwIfAborted();
  const [greeting, ...lines] = finished.output.toString().trimEnd().split("\n");
  if (greeting !== findGreeting) throw containerFailure(container, finished);
  return lines.map((line) => {
    const [name = "", path = "", target = "", answer = ""] = line.split("\t");
    return {
      ...containerProgram(path, { container, runtime, environment, context }),
      name,
      target,
      answer: answer.trimEnd(),
    };
  });
}

async function findRuntime({ name, runtime }: ContainerAddress, { environment }: DatabaseContext): Promise<string> {
  const path = await findExecutable([runtime], environment.PATH ?? "");
  if (path !== undefined) return path;
  throw new OperationError("tool-missing", `${runtime} is not on PATH, by which container ${name} is entered`, {
    hint: "put it on PATH, or set `containerRuntime` to the one that is (docker or podman)",
  });
}
