import { hostname } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { reportVariable } from "@catapullt/core/report/variable";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import type { CommandLine } from "../command-line.ts";
import { firstTransportHint, type NotifyConfig, notifyConfigDescription } from "../config.ts";
import { describeEnding, type Ending, endingExitCode } from "../ending.ts";
import type { NotifyContext } from "../notify-context.ts";
import { createEntry, type RunningEntry } from "../running/entry.ts";
import { holdOutput } from "../wrap/held-output.ts";
import { createDirectSink } from "../wrap/output-sink.ts";
import { createOutputTail, type OutputTail } from "../wrap/output-tail.ts";
import { announceStart } from "./announce-start.ts";
import { runAttempts } from "./attempts.ts";
import { deriveJobName } from "./job-name.ts";
import { loadTelling } from "./load-telling.ts";
import type { RunOptions } from "./options.ts";
import { createPrivateDirectory } from "./private-directory.ts";
import { rememberSecrets } from "./secrets.ts";
import { type RunSettings, readRunSettings } from "./settings.ts";

export interface RunRequest {
  commandLine: CommandLine;
  /** Called as soon as the command's exit code is known: from then on only another try changes it. */
  onExitCode: (exitCode: number) => void;
}

/** A run that is about to begin. */
interface Run {
  job: string;
  command: readonly string[];
  settings: RunSettings;
  context: CommandContext;
  notifyContext: NotifyContext;
  onExitCode: (exitCode: number) => void;
}

/** Runs the command and tells what happened. Only what is wrong before the command starts is an error of notify's own. */
export async function runAndTell(
  context: CommandContext,
  options: RunOptions,
  { commandLine, onExitCode }: RunRequest,
): Promise<CommandResult> {
  const { environment, log } = context;
  const command = checkCommand(commandLine);
  const settings = readRunSettings(options);
  const config = await loadOwnConfig(context);
  if (config.transports.length === 0)
    log.warn(`nobody will hear of this: no transport is configured\n${firstTransportHint}`);
  await rememberSecrets(config, environment);
  const stateDirectory = config.stateDir ?? defaultStateDirectory(environment);
  const notifyContext = { config, environment, stateDirectory, log };
  const job = settings.name ?? deriveJobName(command);
  const run = { job, command, settings, context, notifyContext, onExitCode };
  const exitCode = settings.lock ? await runLocked(run) : await runNow(run);
  const { reportCrashes } = await import("../running/report-crashes.ts");
  await reportCrashes(notifyContext);
  return { text: "", json: undefined, exitCode };
}

/** Runs the command unless the run before still goes on; that is told as a failure. */
async function runLocked(run: Run): Promise<number> {
  const { lockJob } = await import("./job-lock.ts");
  const locked = await lockJob(run.job, run.notifyContext.stateDirectory);
  if ("ending" in locked) return tellNotRun(run, locked.ending);
  try {
    return await runNow(run);
  } finally {
    locked.lock.release();
  }
}

async function tellNotRun({ job, command, settings, notifyContext, context, onExitCode }: Run, ending: Ending) {
  const exitCode = endingExitCode(ending);
  onExitCode(exitCode);
  context.log.error(describeEnding(ending));
  context.releaseSignals();
  const { tell } = await import("../tell.ts");
  const run = { ending, startedAt: new Date(), duration: 0, tries: 1, report: undefined, isLate: false };
  const output = createOutputTail(settings.outputLimit).read();
  await tell({ job, host: hostname(), command, onlyOn: settings.onlyOn, output, ...run }, notifyContext);
  return exitCode;
}

/** Where telling fails, what is known of the run stays for another notify to tell. */
async function runNow(run: Run): Promise<number> {
  const tail = createOutputTail(run.settings.outputLimit);
  const place = await makePlace(run, tail);
  if (run.context.signal.aborted) {
    await place.remove();
    run.context.signal.throwIfAborted();
  }
  const exitCode = await runAt(place, run, tail);
  await place.remove();
  return exitCode;
}

/** Where a run keeps what is its own while it goes on. */
interface Place {
  /** What another notify can learn of the run if this one cannot tell; undefined where the state cannot be kept. */
  entry: RunningEntry | undefined;
  /** A private directory; undefined where none can be made. */
  path: string | undefined;
  /** Where the command may leave its report. */
  reportFile: string | undefined;
  remove(): Promise<void>;
}

async function makePlace({ job, command, settings, context, notifyContext }: Run, tail: OutputTail): Promise<Place> {
  const { environment, log } = context;
  const reportFile = environment[reportVariable] || undefined;
  const { stateDirectory } = notifyContext;
  const { onlyOn } = settings;
  const entry = await createEntry({ stateDirectory, job, command, reportFile, onlyOn, readOutput: tail.read, log });
  if (entry !== undefined) return { ...entry, entry };
  const directory = await createPrivateDirectory(log);
  return {
    entry,
    path: directory?.path,
    reportFile: reportFile ?? (directory && join(directory.path, "report.json")),
    remove: async () => directory?.remove(),
  };
}

async function runAt({ entry, path, reportFile }: Place, run: Run, tail: OutputTail): Promise<number> {
  const { job, command, settings, context, notifyContext, onExitCode } = run;
  const { environment, log } = context;
  const { onlyOn } = settings;
  const sink = settings.quietSuccess ? holdOutput(path, log) : createDirectSink(log);
  let announced: Promise<void> | undefined;
  let loading: Promise<void> | undefined;
  const finished = await runAttempts(command, {
    ...settings,
    environment: reportFile === undefined ? environment : { ...environment, [reportVariable]: reportFile },
    directory: path,
    isSupervised: entry !== undefined,
    tail,
    sink,
    log,
    reportFile,
    onStart(processId) {
      entry?.noteStart(processId);
      context.releaseSignals();
      surviveBugs(log);
      loading ??= loadTelling(notifyContext.config, log);
      if (onlyOn?.includes("success") ?? true) announced ??= announceStart(notifyContext.config, context);
    },
    onRetry: async () => entry?.clear(),
    onEnding: (ending) => onExitCode(endingExitCode(ending)),
  });
  const { ending, state, tries, duration } = finished;
  if (ending.kind !== "exited") log.error(describeEnding(ending));
  const output = tail.read();
  const noted = entry?.noteEnd({ ending, duration, tries }, output);
  const delivered = finished.delivered.then(() => sink.finish({ isWanted: state !== "success" }));
  await announced; // else a service might learn of the end first
  await loading;
  const { tell } = await import("../tell.ts");
  const told = { ...finished, job, host: hostname(), command, onlyOn, output, isLate: false };
  const forget = async () => {
    await noted;
    await entry?.remove();
  };
  if (!(await tell({ ...told, onStored: forget }, notifyContext))) entry?.keep();
  await Promise.all([noted, delivered]);
  return endingExitCode(ending);
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

function checkCommand({ command = [], problem }: CommandLine): readonly string[] {
  if (problem !== undefined) throw new OperationError("usage-invalid", problem.message, { hint: problem.hint });
  return command;
}

// While a backup runs, and when its outcome is to be told, a bug here must not be the end of it.
function surviveBugs(log: Logger): void {
  process.on("uncaughtException", (error) => log.error(`this is a bug, please report it: ${error.stack}`));
}
