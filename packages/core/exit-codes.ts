import { constants } from "node:os";

/** Exit codes that every program shares. Cron lines and monitoring depend on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  locked: 4,
} as const;

/** The shell's convention for a process that ended by a signal: 128 + the signal's number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The name of a signal; undefined where there is none with this number. */
export function signalOfNumber(number: number): NodeJS.Signals | undefined {
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  return names.find((name) => constants.signals[name] === number);
}
