/** The shared fate of several things that go on at the same time: the first failure ends all of them. */
export interface FailureScope {
  /** Ends everything with this reason; later reasons are ignored. */
  fail(reason: unknown): void;
  throwIfFailed(): void;
  /** The promise's own result, unless the scope fails first. */
  guard<T>(promise: Promise<T>): Promise<T>;
  /** Called once, when the scope fails; returns how to take it back. */
  onFailure(action: (reason: unknown) => void): () => void;
}

/** A scope that also fails when `signal` aborts. */
export function createFailureScope(signal: AbortSignal): FailureScope & { end(): void } {
  const actions = new Set<(reason: unknown) => void>();
  let failure: { reason: unknown } | undefined;
  const fail = (reason: unknown) => {
    if (failure) return;
    failure = { reason };
    for (const action of [...actions]) action(reason);
    actions.clear();
  };
  const abort = () => fail(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  const throwIfFailed = () => {
    if (failure) throw failure.reason;
  };
  // Not Promise.race: it would hold on to every promise for as long as the scope lives.
  return {
    fail,
    throwIfFailed,
    guard<T>(promise: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (failure) {
          promise.catch(() => {});
          reject(failure.reason);
          return;
        }
        actions.add(reject);
        promise.then(resolve, reject).finally(() => actions.delete(reject));
      });
    },
    onFailure(action) {
      if (failure) action(failure.reason);
      else actions.add(action);
      return () => actions.delete(action);
    },
    end: () => signal.removeEventListener("abort", abort),
  };
}
