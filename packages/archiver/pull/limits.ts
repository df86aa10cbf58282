import { OperationError } from "@catapullt/core/errors";
import { formatDuration } from "@catapullt/core/units";
import { createPace, type Pace } from "../verify/pace.ts";
import type { HostTask, PullContext } from "./context.ts";

/** The pull from one host, within its limits: `signal` ends with the run, and when the host's time is up. */
export interface HostContext extends PullContext {
  pace: Pace;
  /** At most so many bytes are asked for ahead, so that the rate holds from the first moment on; undefined where none is given. */
  bytesAhead: number | undefined;
}

/** So much of a second's bytes may be on their way at once. */
const shareAhead = 0.5;

/** Gives `use` the context for one host; its time runs as long as `use` does. */
export async function withinLimits<Result>(
  { host, settings }: HostTask,
  context: PullContext,
  use: (context: HostContext) => Promise<Result>,
): Promise<Result> {
  const { rate, timeout } = settings;
  const outOfTime = new AbortController();
  const timer = setTimeout(
    () => {
      outOfTime.abort(
        new OperationError("host-timeout", `the pull from ${host} took longer than ${formatDuration(timeout)}`, {
          hint: "what was fetched is kept, and the next run goes on from there. If the line is only slow, raise `timeout` for the host",
        }),
      );
    },
    Math.min(timeout, longestTimer),
  );
  const signal = AbortSignal.any([context.signal, outOfTime.signal]);
  const paceHost = rate === undefined ? undefined : createPace(rate, { signal });
  const lowest = Math.min(rate ?? Number.POSITIVE_INFINITY, context.rate ?? Number.POSITIVE_INFINITY);
  try {
    return await use({
      ...context,
      signal,
      async pace(bytes) {
        await paceHost?.(bytes);
        await context.paceAll(bytes);
        signal.throwIfAborted();
      },
      bytesAhead: Number.isFinite(lowest) ? Math.max(1, Math.floor(lowest * shareAhead)) : undefined,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** What a timer can count to, in milliseconds: 24 days. */
const longestTimer = 2 ** 31 - 1;
