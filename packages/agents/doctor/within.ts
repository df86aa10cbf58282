/**
 * What `action` gives within so many milliseconds; undefined where it takes longer: its signal is then aborted, and nobody
 * waits for it any more. Throws the reason where `signal` itself aborts.
 */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const timer = AbortSignal.timeout(milliseconds);
  const either = AbortSignal.any([signal, timer]);
  const aborted = new Promise<undefined>((resolve) => {
    either.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    const value = await Promise.race([action(either), aborted]);
    signal.throwIfAborted();
    return value;
  } catch (error) {
    signal.throwIfAborted();
    if (timer.aborted) return undefined;
    throw error;
  }
}
