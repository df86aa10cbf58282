import { signalGroup } from "./signal-group.ts";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;

const ending = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Hands every signal on to a process group; the own process goes on. Ctrl-Z stops both and `fg` continues both.
 * Returns how to end it.
 */
export function forwardSignals(processId: number): () => void {
  const forward = (signal: NodeJS.Signals) => signalGroup(processId, signal);
  const stop = () => {
    signalGroup(processId, "SIGSTOP"); // SIGTSTP means nothing to a group without a terminal
    process.kill(process.pid, "SIGSTOP");
  };
  for (const signal of forwarded) process.on(signal, forward);
  process.on("SIGTSTP", stop);
  return () => {
    for (const signal of forwarded) process.off(signal, forward);
    process.off("SIGTSTP", stop);
  };
}

/** Aborts its signal when notify is told to end, by which nothing else changes. */
export function watchForEnd(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const listen = () => controller.abort();
  for (const signal of ending) process.on(signal, listen);
  return {
    signal: controller.signal,
    stop() {
      for (const signal of ending) process.off(signal, listen);
    },
  };
}
