import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import { buffer } from "node:stream/consumers";
import { run } from "@catapullt/core/process/run";
import { type ProcessOutcome, type StartedProcess, type StartOptions, start } from "@catapullt/core/process/start";
import type { ContainerAddress, DatabaseContext } from "../engine.ts";
import type { DatabaseProgram, ToolEnvironment } from "../program.ts";
import { isGone } from "./failures.ts";
import { encodeSecret, endScript, runScript, runVariable } from "./scripts.ts";

export interface ContainerPlace {
  container: ContainerAddress;
  /** Full path of docker or podman. */
  runtime: string;
  environment: ToolEnvironment;
  context: Pick<DatabaseContext, "environment" | "log">;
}

type ProgramOptions = Omit<StartOptions, "environment">;

const endLimit = 30_000;

/**
 * A program in a container. It gets its secret and ends as one of this host would; `outcome` is there once nothing of it runs
 * in the container any more, as far as that can be brought about.
 */
export function containerProgram(path: string, place: ContainerPlace): DatabaseProgram {
  const begin = (args: readonly string[], options: ProgramOptions) => startInside([path, ...args], options, place);
  return {
    path,
    start: (args, options = {}) => begin(args, options),
    async run(args, { input, ...options } = {}) {
      const started = begin(args, { ...options, standardInput: input === undefined ? undefined : "pipe" });
      started.input?.end(input);
      const [output, outcome] = await Promise.all([buffer(started.output), started.outcome]);
      return { ...outcome, output };
    },
  };
}

function startInside(command: readonly string[], options: ProgramOptions, place: ContainerPlace): StartedProcess {
  const { container, runtime, context, environment } = place;
  const { secretInput = "", standardInput, signal, timeout } = options;
  const id = randomUUID();
  const script = runScript(standardInput === "pipe" ? "input" : "lifeline", environment);
  const child = start(
    runtime,
    [
      ...["exec", "--interactive", "--env", `${runVariable}=${id}`, container.name],
      ...["sh", "-c", script, "sh", ...command],
    ],
    { environment: context.environment, standardInput: "pipe", signal, timeout },
  );
  child.input?.write(`${encodeSecret(secretInput)}\n`);
  const outcome = child.outcome.then(async (ended) => {
    const wasGivenUp = signal?.aborted || ended.timedOut || ended.endedBy !== undefined;
    if (wasGivenUp && ended.startError === undefined) await endInside(id, place);
    return withSignal(ended);
  });
  return { output: child.output, input: standardInput === "pipe" ? child.input : undefined, outcome };
}

// Who ends `docker exec` ends nothing in the container but its standard input.
async function endInside(id: string, { container, runtime, context }: ContainerPlace): Promise<void> {
  const finished = await run(runtime, ["exec", container.name, "sh", "-c", endScript, "sh", id], {
    environment: context.environment,
    timeout: endLimit,
  });
  if (finished.exitCode === 0 || isGone(finished)) return;
  context.log.warn(
    `a program that was to end may still run in container ${container.name}: see ${container.runtime} top ${container.name}`,
  );
}

// A shell says 128 and the number of the signal that ended its child.
function withSignal(outcome: ProcessOutcome): ProcessOutcome {
  const number = (outcome.exitCode ?? 0) - 128;
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  if (name === undefined) return outcome;
  return { ...outcome, exitCode: undefined, endedBy: name as NodeJS.Signals };
}
