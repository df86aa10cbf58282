import { listenForShutdown } from "@catapullt/core/cli/shutdown";
import { errorMessage } from "@catapullt/core/errors";
import type { Lock } from "@catapullt/core/lock";
import type { NotifyContext } from "../notify-context.ts";
import { limitSpool } from "../spool/give-up.ts";
import type { Attempt } from "../spool/parcel.ts";
import { prepareParcels } from "../spool/prepare.ts";
import { collectLate, type OwnParcel, sendRound } from "../spool/round.ts";
import { listSpool, type StoredEntry } from "../spool/store.ts";
import { tryStateLock } from "../state/state-lock.ts";
import type { Announcement } from "./announcement.ts";
import { logAttempts } from "./log-deliveries.ts";

/** What became of an announcement, by the names of transports. */
export interface Dispatched {
  sent: readonly string[];
  /** Could not be sent now, and are kept in the spool. */
  waiting: readonly string[];
  /** Were told of the same trouble less than `remind` ago: the types of those transports. */
  heldBack: readonly string[];
  /** Could neither be sent nor kept. */
  lost: readonly string[];
}

export type DispatchContext = NotifyContext;

/** How long what is late may keep a run from its end, in milliseconds; the rest waits for the next one. */
const lateLimit = 30_000;

/**
 * Sends an announcement through every transport that wants it, and what could not be sent before. Each message is stored
 * before it is sent, so that none is lost whatever happens here. What cannot be told is logged with what to do about it.
 */
export async function dispatch(announcement: Announcement, context: DispatchContext): Promise<Dispatched> {
  const shutdown = listenForShutdown();
  try {
    const { own, heldBack } = await prepareParcels(announcement, context);
    if (own.length === 0 && heldBack.length === 0)
      context.log.debug(`no transport wants to know of: ${announcement.events.join(", ")}`);
    if (own.every(({ name }) => name !== undefined)) await announcement.onStored?.();
    return { ...(await sendAll(own, context, shutdown.signal)), heldBack };
  } finally {
    shutdown.stop();
  }
}

/** Sends what could not be sent before, where there is nothing else to tell. */
export async function sendLate(context: DispatchContext): Promise<void> {
  const shutdown = listenForShutdown();
  try {
    await sendAll([], context, shutdown.signal);
  } finally {
    shutdown.stop();
  }
}

async function sendAll(
  own: readonly OwnParcel[],
  context: NotifyContext,
  signal: AbortSignal,
): Promise<Omit<Dispatched, "heldBack">> {
  const lock = await lockLate(own, context);
  try {
    const late = lock === undefined ? [] : await tryCollecting(context);
    const lateSignal = AbortSignal.any([signal, AbortSignal.timeout(lateLimit)]);
    const attempts = await sendRound({ context, own, late, signal, lateSignal, isThorough: false });
    logAttempts(attempts, context.log);
    if (attempts.some(({ result }) => result === "waiting")) await keepBounds(context);
    const namesOf = (result: Attempt["result"]) =>
      attempts.flatMap((attempt) =>
        attempt.isOwn && attempt.result === result ? (attempt.delivery?.transport ?? []) : [],
      );
    return { sent: namesOf("sent"), waiting: namesOf("waiting"), lost: namesOf("lost") };
  } finally {
    lock?.release();
  }
}

/** Undefined where nothing waits, or another process sees to it. */
async function lockLate(own: readonly OwnParcel[], { stateDirectory, log }: NotifyContext): Promise<Lock | undefined> {
  try {
    const files = await listSpool(stateDirectory);
    if (files.every(({ name }) => own.some((parcel) => parcel.name === name))) return undefined;
    return await tryStateLock(stateDirectory, "spool");
  } catch (error) {
    const isKnown = own.some(({ name }) => name === undefined);
    log[isKnown ? "debug" : "warn"](`what could not be sent before still waits: ${errorMessage(error)}`);
    return undefined;
  }
}

async function keepBounds(context: NotifyContext): Promise<void> {
  try {
    await limitSpool(context);
  } catch (error) {
    context.log.warn(`the spool cannot be kept within its bounds: ${errorMessage(error)}`);
  }
}

async function tryCollecting(context: DispatchContext): Promise<StoredEntry[]> {
  try {
    return await collectLate(context);
  } catch (error) {
    context.log.warn(`what could not be sent before still waits: ${errorMessage(error)}`);
    return [];
  }
}
