import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { Message } from "../message/message.ts";
import { sleep } from "../sleep.ts";
import { DeliveryError } from "../transports/delivery-error.ts";
import { createTransport, type TransportSettings } from "../transports/registry.ts";
import type { Transport } from "../transports/transport.ts";

export interface Delivery {
  transport: string;
  /** Undefined when the message was sent. */
  failure: OperationError | undefined;
  /** True where the other side said no to this very message for good; it may take others. */
  isRefused: boolean;
  tries: number;
  /** Milliseconds. */
  duration: number;
}

export interface DeliverOptions {
  environment: NodeJS.ProcessEnv;
  /** Ends all attempts. */
  signal: AbortSignal;
  log?: Logger | undefined;
}

export interface Patience {
  /** The first try waits for this moment, if there is time for that. */
  notBefore?: Date | undefined;
  /** Milliseconds between tries: there is one try more than there are pauses. */
  pauses: readonly number[];
}

/** For news. */
export const usualPatience: Patience = { pauses: [1_000, 5_000] };

/** Sends a message through every transport at the same time; one that fails stops no other. Never rejects for a transport. */
export function deliver(
  message: Message,
  transports: readonly TransportSettings[],
  options: DeliverOptions,
): Promise<Delivery[]> {
  return Promise.all(transports.map((settings) => deliverThrough(settings, message, { ...options, ...usualPatience })));
}

/** Sends a message through one transport, within the time that it has. Never rejects for the transport. */
export async function deliverThrough(
  settings: TransportSettings,
  message: Message,
  options: DeliverOptions & Patience,
): Promise<Delivery> {
  const begin = performance.now();
  const transport = await createTransport(settings);
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(settings.timeout)]);
  const timeLeft = () => settings.timeout - (performance.now() - begin);
  const { failure, tries } = await sendPatiently(transport, message, { ...options, signal, timeLeft });
  const isRefused = failure instanceof DeliveryError && !failure.isTransient && !signal.aborted;
  return { transport: transport.name, failure, isRefused, tries, duration: performance.now() - begin };
}

/** Tries again after failures that may pass, for as long as there is time. */
async function sendPatiently(
  transport: Transport,
  message: Message,
  options: DeliverOptions & Patience & { timeLeft: () => number },
): Promise<Pick<Delivery, "failure" | "tries">> {
  let failure: OperationError | undefined;
  const wait = (options.notBefore?.getTime() ?? 0) - Date.now();
  if (wait > 0 && wait < options.timeLeft()) await sleep(wait, options.signal);
  for (let tries = 1; ; tries += 1) {
    const latest = await trySending(transport, message, options);
    // Running out of time tells less than what went wrong before.
    failure = latest && options.signal.aborted ? (failure ?? latest) : latest;
    const pause = pauseAfter(tries, failure, options);
    if (pause === undefined || pause >= options.timeLeft() || options.signal.aborted) return { failure, tries };
    if (!(await sleep(pause, options.signal))) return { failure, tries };
  }
}

/** Milliseconds until the next try; undefined where there is none. */
function pauseAfter(tries: number, failure: OperationError | undefined, { pauses }: Patience): number | undefined {
  const pause = pauses[tries - 1];
  if (pause === undefined || !(failure instanceof DeliveryError && failure.isTransient)) return undefined;
  return Math.max(pause, failure.retryAfter ?? 0);
}

async function trySending(
  transport: Transport,
  message: Message,
  options: DeliverOptions,
): Promise<OperationError | undefined> {
  try {
    await transport.send(message, options);
    return undefined;
  } catch (error) {
    if (error instanceof OperationError) return error;
    return new OperationError("message-not-sent", `${transport.name}: ${errorMessage(error)}`, { cause: error });
  }
}
