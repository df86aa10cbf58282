import { listenForShutdown } from "@catapullt/core/cli/shutdown";
import type { Logger } from "@catapullt/core/log/logger";
import type { NotifyConfig } from "./config.ts";
import { type Delivery, deliver } from "./deliver.ts";
import type { Event } from "./events.ts";
import type { Message } from "./message/message.ts";

/** Something that everybody who wants to know is to be told. */
export interface Announcement {
  message: Message;
  /** What it is, for the transports' `on`. */
  events: readonly Event[];
  /** Whose record says who was told; undefined where it is about no job in particular. */
  job: string | undefined;
}

export interface DispatchContext {
  config: NotifyConfig;
  environment: NodeJS.ProcessEnv;
  stateDirectory: string;
  log: Logger;
}

/** Sends an announcement through every transport that wants it. What cannot be told is logged with what to do about it. */
export async function dispatch({ message, events }: Announcement, context: DispatchContext): Promise<void> {
  const { config, environment, log } = context;
  const transports = config.transports.filter(
    ({ on }) => on === undefined || events.some((event) => on.includes(event)),
  );
  if (transports.length === 0) return log.debug(`no transport wants to know of: ${events.join(", ")}`);
  const shutdown = listenForShutdown();
  try {
    logDeliveries(await deliver(message, transports, { environment, signal: shutdown.signal }), log);
  } finally {
    shutdown.stop();
  }
}

/** Logs what was sent, and for what was not, why and what to do. */
export function logDeliveries(deliveries: readonly Delivery[], log: Logger): void {
  for (const { transport, failure, tries } of deliveries) {
    if (failure === undefined) {
      log.debug({ tries }, `message sent through ${transport}`);
    } else {
      const text = `no message was sent through ${transport}: ${failure.message}`;
      log.error({ code: failure.code, tries }, failure.hint === undefined ? text : `${text}\n${failure.hint}`);
    }
  }
}
