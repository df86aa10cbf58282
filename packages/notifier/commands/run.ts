import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { durationExamples, parseDuration } from "@catapullt/core/config/duration";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { reportVariable } from "@catapullt/core/report/schema";
import { announceStart } from "../announce.ts";
import type { CommandLine } from "../command-line.ts";
import { firstTransportHint, type NotifyConfig, notifyConfigDescription } from "../config.ts";
import { describeEnding, endingExitCode } from "../ending.ts";
import { createPrivateDirectory } from "../private-directory.ts";
import { rememberSecrets } from "../secrets.ts";
import { runCommand } from "../wrap/run-command.ts";

export interface RunOptions {
  name?: string;
  timeout?: string;
  json?: boolean;
}

export interface RunRequest {
  commandLine: CommandLine;
  /** Called as soon as the command's exit code is known: from then on nothing changes it. */
  onExitCode: (exitCode: number) => void;
}

const longestTimeout = 2 ** 31 - 1; // what a timer can hold

/** Runs the command and tells what happened. Only what is wrong before the command starts is an error of notify's own. */
export async function runAndTell(
  context: CommandContext,
  options: RunOptions,
  { commandLine, onExitCode }: RunRequest,
): Promise<CommandResult> {
  const { environment, log } = context;
  const command = checkUsage(commandLine, options);
  const timeout = parseTimeout(options.timeout);
  const config = await loadOwnConfig(context);
  if (config.transports.length === 0)
    log.warn(`nobody will hear of this: no transport is configured\n${firstTransportHint}`);
  await rememberSecrets(config, environment);
  const directory = await createPrivateDirectory(log);
  try {
    context.signal.throwIfAborted();
    let announced = Promise.resolve();
    const reportFile = environment[reportVariable] || (directory && join(directory.path, "report.json"));
    const run = await runCommand(command, {
      environment: reportFile === undefined ? environment : { ...environment, [reportVariable]: reportFile },
      directory: directory?.path,
      timeout,
      log,
      onStart() {
        context.releaseSignals();
        surviveBugs(log);
        announced = announceStart(config, context);
      },
    });
    const exitCode = endingExitCode(run.ending);
    onExitCode(exitCode);
    if (run.ending.kind !== "exited") log.error(describeEnding(run.ending));
    await announced; // else a service might learn of the end first
    const { tell } = await import("../tell.ts"); // mail and all that goes with it loads while nobody waits
    await tell({ name: options.name, command, run, reportFile }, config, context);
    await run.delivered;
    return { text: "", json: undefined, exitCode };
  } finally {
    await directory?.remove();
  }
}

/** A broken configuration ends it here: a backup of which nobody would hear is worse than a loud failure. */
async function loadOwnConfig({ configFile, environment }: CommandContext): Promise<NotifyConfig> {
  try {
    return (await loadConfig(notifyConfigDescription, { file: configFile, environment })).config;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const hint = [error.hint, "the command was not run"].filter((line) => line !== undefined).join("\n");
    throw new OperationError(error.code, error.message, { hint, cause: error });
  }
}

function checkUsage({ command = [], problem }: CommandLine, { json, name }: RunOptions): readonly string[] {
  if (problem !== undefined) throw new OperationError("usage-invalid", problem.message, { hint: problem.hint });
  if (json) {
    throw new OperationError("usage-invalid", "--json does not go with a command to run", {
      hint: "standard output is the command's own; leave --json out",
    });
  }
  if (name?.trim() === "") throw new OperationError("usage-invalid", "--name is empty");
  return command;
}

function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= longestTimeout) return milliseconds;
  throw new OperationError("usage-invalid", `--timeout ${text} is no time limit`, {
    hint: `expected a duration such as ${durationExamples}, at most 24d`,
  });
}

// While a backup runs, and when its outcome is to be told, a bug here must not be the end of it.
function surviveBugs(log: Logger): void {
  process.on("uncaughtException", (error) => log.error(`this is a bug, please report it: ${error.stack}`));
}
