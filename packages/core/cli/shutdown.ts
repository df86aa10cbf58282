import { signalExitCode } from "../exit-codes.ts";

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Why a run was ended: the reason of its `AbortSignal`. */
export class Shutdown extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.name = "Shutdown";
    this.signal = signal;
  }
}

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts the returned signal, so that the run cleans up and ends; a second one ends
 * the process at once.
 */
export function listenForShutdown(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const listen = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(signalExitCode(signal));
    controller.abort(new Shutdown(signal));
  };
  for (const signal of endingSignals) process.on(signal, listen);
  return {
    signal: controller.signal,
    stop() {
      for (const signal of endingSignals) process.off(signal, listen);
    },
  };
}
