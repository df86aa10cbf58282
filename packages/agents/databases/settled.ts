import type { ProcessOutcome } from "@catapullt/core/process/start";

/** The outcome of a process, or the signal's reason at once: what does not end when told must not hold up who cleans up. */
export async function settled(outcome: Promise<ProcessOutcome>, signal: AbortSignal): Promise<ProcessOutcome> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    outcome.then((value) => {
      signal.removeEventListener("abort", abort);
      resolve(value);
    }, reject);
  });
}
