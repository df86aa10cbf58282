import { constants } from "node:os";
import { exitCodes, signalExitCode, signalOfNumber } from "@catapullt/core/exit-codes";
import { formatDuration } from "@catapullt/core/units";

/** How a wrapped command ended. */
export type Ending =
  | { kind: "exited"; exitCode: number }
  | { kind: "signalled"; signal: NodeJS.Signals }
  /** It ran longer than `limit` milliseconds. */
  | { kind: "timed-out"; limit: number }
  /** The run before had not ended, and `--lock` was given; `holder` says since when, as far as it is known. */
  | { kind: "locked"; holder: string }
  /** notify itself was ended while it ran, so nobody knows. */
  | { kind: "lost" }
  /** It never ran; `problem` says why. */
  | { kind: "not-started"; exitCode: 125 | 126 | 127; problem: string };

const timedOutExitCode = 124;
const lostExitCode = 125;

/** The exit code with which `notify` ends: the shell's and coreutils' `timeout` conventions. */
export function endingExitCode(ending: Ending): number {
  switch (ending.kind) {
    case "exited":
      return ending.exitCode;
    case "signalled":
      return signalExitCode(ending.signal);
    case "timed-out":
      return timedOutExitCode;
    case "locked":
      return exitCodes.locked;
    case "lost":
      return lostExitCode;
    case "not-started":
      return ending.exitCode;
  }
}

const signalMeanings: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "the terminal was closed",
  SIGINT: "interrupted by Ctrl-C",
  SIGKILL: "killed; often the kernel, for lack of memory",
  SIGPIPE: "nobody read its output",
  SIGSEGV: "it crashed",
  SIGABRT: "it gave up",
  SIGTERM: "told to end",
};

/** For people: `exit code 1`, `ended by SIGTERM (15): told to end`, `timed out after 2 h`. */
export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case "exited":
      return `exit code ${ending.exitCode}${describeExitCode(ending.exitCode)}`;
    case "signalled":
      return describeSignal(ending.signal);
    case "timed-out":
      return `timed out after ${formatDuration(ending.limit)}`;
    case "locked":
      return `not run: the run before still goes on${ending.holder === "" ? "" : `, ${ending.holder}`}`;
    case "lost":
      return "notify itself was ended while the command ran: how the command ended is not known";
    case "not-started":
      return ending.problem;
  }
}

function describeSignal(signal: NodeJS.Signals): string {
  const meaning = signalMeanings[signal];
  return `ended by ${signal} (${constants.signals[signal]})${meaning === undefined ? "" : `: ${meaning}`}`;
}

// A command that catches a signal, cleans up and exits tells so by 128 + the signal's number.
function describeExitCode(exitCode: number): string {
  const signal = signalOfNumber(exitCode - 128);
  return signal === undefined ? "" : ` (${signal})`;
}

/** The same in a few words, for subjects. */
export function nameEnding(ending: Ending): string {
  switch (ending.kind) {
    case "exited":
      return `exit code ${ending.exitCode}`;
    case "signalled":
      return `ended by ${ending.signal}`;
    case "timed-out":
      return "timed out";
    case "locked":
      return "not run, the run before still goes on";
    case "lost":
      return "end unknown";
    case "not-started":
      return ending.exitCode === 127 ? "command not found" : "command could not be started";
  }
}

/** What to do about an end that is not the command's own failure; undefined where only the command can tell. */
export function adviseEnding(ending: Ending): string | undefined {
  switch (ending.kind) {
    case "timed-out":
      return "the command and all that it had started were ended; find out what it waited for, or raise --timeout";
    case "not-started":
      return ending.exitCode === 127
        ? "cron's PATH is short: give the command's full path, or set PATH in the crontab"
        : undefined;
    case "signalled":
      return ending.signal === "SIGKILL"
        ? "see `journalctl -k` or `dmesg` for the kernel's out-of-memory killer"
        : undefined;
    case "locked":
      return "see what it waits for, or end it; `--timeout` ends runs that take too long";
    case "lost":
      return "see `journalctl` for a restart of this host or the kernel's out-of-memory killer; run the command again";
    case "exited":
      return undefined;
  }
}
