import { Command, CommanderError, Option } from "commander";
import { errorMessage, OperationError } from "../errors.ts";
import { exitCodes, signalExitCode } from "../exit-codes.ts";
import { createLogger, type LogFormat, type Logger, type LogLevel } from "../log/logger.ts";
import { examples } from "./examples.ts";
import type { CommandResult } from "./result.ts";
import { listenForShutdown, Shutdown } from "./shutdown.ts";
import { printResult } from "./standard-output.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** What every command's handler gets besides its own arguments. */
export interface CommandContext {
  environment: NodeJS.ProcessEnv;
  /** The value of `--config`. */
  configFile: string | undefined;
  log: Logger;
  terminal: Terminal;
  /** Aborts when the program is told to end; its reason is a `Shutdown`. */
  signal: AbortSignal;
  /** Leaves signals to the handler from now on: they no longer abort `signal`, nor does a second one end the program. */
  releaseSignals: () => void;
}

type Action = (...arguments_: unknown[]) => Promise<void>;
type Handler = (context: CommandContext, ...arguments_: never[]) => Promise<CommandResult>;

/** Turns a handler into commander's action. */
export type Handle = (handler: Handler) => Action;

export interface ProgramDescription {
  name: string;
  description: string;
  version: string;
  /** Calls that its help shows. */
  examples: readonly string[];
  /** Adds the program's commands. */
  register: (program: Command, handle: Handle) => void;
  /** Turns an exit code that the program would end with into another one. */
  mapExitCode?: (exitCode: number) => number;
}

interface GlobalOptions {
  config?: string;
  logFormat?: LogFormat;
  verbose?: boolean;
  quiet?: boolean;
  json?: boolean;
}

/** Runs a program from its command line to its exit code: the one exit point. Returns the exit code. */
export async function runProgram(description: ProgramDescription, argv: readonly string[]): Promise<number> {
  hideExperimentalWarnings();
  const shutdown = listenForShutdown();
  const terminal = createTerminal(process.stderr.isTTY === true && process.env.TERM !== "dumb");
  let log = createLogger({ format: defaultFormat(terminal), level: "info", write: terminal.write });
  let exitCode: number = exitCodes.done;
  const endAs = (code: number) => description.mapExitCode?.(code) ?? code;
  // Errors that nobody waits for pass the same exit point, so that their text is masked as well.
  const crash = (error: unknown) => process.exit(endAs(report(error, log, shutdown.signal)));
  process.on("uncaughtException", crash);

  const handle: Handle = (handler) =>
    async function (this: Command, ...commandArguments: unknown[]) {
      const options = this.optsWithGlobals<GlobalOptions>();
      log = createLogger({
        format: options.logFormat === undefined ? defaultFormat(terminal) : forTerminal(options.logFormat, terminal),
        level: logLevel(options),
        write: terminal.write,
      });
      const context = {
        environment: process.env,
        configFile: options.config,
        log,
        terminal,
        signal: shutdown.signal,
        releaseSignals: shutdown.stop,
      };
      const handlerArguments = commandArguments.slice(0, -1) as never[]; // commander's last argument is the command
      const result = await handler(context, ...handlerArguments);
      await printResult(result, options.json === true);
      exitCode = result.exitCode ?? exitCodes.done;
    } as Action;

  try {
    await buildProgram(description, handle).parseAsync(argv, { from: "user" });
  } catch (error) {
    exitCode = report(error, log, shutdown.signal);
  } finally {
    terminal.showProgress([]);
    shutdown.stop();
    process.off("uncaughtException", crash);
  }
  return endAs(exitCode);
}

/** The program's commands and options, such as for its documentation; `handle` says what its commands do. */
export function buildProgram(description: ProgramDescription, handle: Handle): Command {
  const program = createCommand(description);
  description.register(program, handle);
  inheritSettings(program);
  return program;
}

function createCommand({ name, description, version, examples: lines }: ProgramDescription): Command {
  return new Command(name)
    .description(description)
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .option("-c, --config <file>", "read this configuration file")
    .addOption(
      new Option("--log-format <format>", "how log lines look (default: pretty on a terminal)").choices([
        "pretty",
        "plain",
        "json",
      ]),
    )
    .option("-v, --verbose", "log details too")
    .option("-q, --quiet", "log warnings and errors only")
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples(...lines));
}

// Subcommands are made with `program.command()`, which copies these settings only from a parent that has them already.
function inheritSettings(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: () => {} });
  for (const child of command.commands) inheritSettings(child);
}

function report(error: unknown, log: Logger, signal: AbortSignal): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    const message = error.code === "commander.help" ? "no command is given" : error.message.replace(/^error: /, "");
    log.error(`${message}\nsee --help`);
    return exitCodes.usage;
  }
  if (signal.aborted && signal.reason instanceof Shutdown) {
    log.error(signal.reason.message);
    return signalExitCode(signal.reason.signal);
  }
  if (error instanceof OperationError) {
    log.error({ code: error.code }, error.hint === undefined ? error.message : `${error.message}\n${error.hint}`);
    log.debug({ stack: error.stack, cause: describeCause(error.cause) }, "where it happened");
    return error.exitCode;
  }
  log.error(`this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return exitCodes.failed;
}

function describeCause(cause: unknown): string | undefined {
  return cause === undefined ? undefined : errorMessage(cause);
}

function defaultFormat(terminal: Terminal): LogFormat {
  return terminal.isInteractive ? forTerminal("pretty", terminal) : "plain";
}

function forTerminal(format: LogFormat, terminal: Terminal): LogFormat {
  return format === "pretty" && terminal.isInteractive && process.env.NO_COLOR ? "plain" : format;
}

function logLevel({ verbose, quiet }: GlobalOptions): LogLevel {
  if (verbose) return "debug";
  return quiet ? "warn" : "info";
}

// Node 22 announces that node:sqlite is experimental; an administrator can do nothing about it.
function hideExperimentalWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
}
