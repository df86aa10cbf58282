import { errorMessage } from "@catapullt/core/errors";
import { type Delivery, deliverThrough, usualPatience } from "../dispatch/deliver.ts";
import type { Recipient } from "../dispatch/recipients.ts";
import { withNotes } from "../message/notes.ts";
import type { NotifyContext } from "../notify-context.ts";
import { DeliveryError } from "../transports/delivery-error.ts";
import type { SpoolEntry } from "./entry.ts";
import { parseFileName } from "./file-name.ts";
import { giveUp } from "./give-up.ts";
import { describeLateness, hasFailedForLong, isTooOld, pauseUntil } from "./late.ts";
import { removeEntry, storeEntry } from "./store.ts";

/** A message to be sent; without a name where it could not be stored first. */
export interface Parcel {
  name: string | undefined;
  entry: SpoolEntry;
}

/** What a transport is still to be told besides its messages; emptied when it was. */
export interface Untold {
  notes: readonly string[];
}

export interface ParcelOptions {
  context: NotifyContext;
  recipient: Recipient;
  signal: AbortSignal;
  untold: Untold;
  /** The first try waits for this moment, if there is time for that. */
  notBefore?: Date | undefined;
}

/** What became of a message. */
export interface Attempt {
  parcel: Parcel;
  /** True for what this process has to tell, false for what is late. */
  isOwn: boolean;
  /** `superseded`: a newer message of its job says more. `waiting`: for the next round. `lost`: neither sent nor kept. */
  result: "sent" | "waiting" | "given-up" | "superseded" | "lost";
  /** Undefined where it was not tried. */
  delivery: Delivery | undefined;
}

/** Sends a message, and removes it from the spool or leaves it there for the next round. */
export async function sendParcel(parcel: Parcel, options: ParcelOptions & { isOwn: boolean }): Promise<Attempt> {
  const { isOwn, context } = options;
  const delivery = await send(parcel, options);
  if (isDone(delivery)) {
    options.untold.notes = [];
    await removeSent(parcel, context);
    return { parcel, isOwn, result: "sent", delivery };
  }
  const failed = { ...parcel, entry: withFailure(parcel.entry, delivery) };
  if (failed.name === undefined) return { parcel: failed, isOwn, result: "lost", delivery };
  if (await giveUpOld(failed, failed.entry, context)) return { parcel: failed, isOwn, result: "given-up", delivery };
  await storeAgain(failed, context);
  return { parcel: failed, isOwn, result: "waiting", delivery };
}

/** Gives a message up that was kept long enough, where its transport has failed for long; true where it did. */
export async function giveUpOld(
  { name, entry }: Parcel,
  failing: SpoolEntry,
  context: NotifyContext,
): Promise<boolean> {
  const file = name === undefined ? undefined : parseFileName(name);
  const { keep } = context.config.spool;
  if (file === undefined || !hasFailedForLong(failing) || !isTooOld(entry, { now: new Date(), keep })) return false;
  await giveUp([file], context, "a message has waited for longer than `spool.keep`");
  return true;
}

function send(
  { entry }: Parcel,
  { context, recipient, signal, untold, notBefore, isOwn }: ParcelOptions & { isOwn: boolean },
): Promise<Delivery> {
  const { environment, log } = context;
  const message = withNotes(entry.message, [...describeLateness(entry.message, new Date()), ...untold.notes]);
  const pauses = isOwn ? usualPatience.pauses : []; // what is late has its next round
  return deliverThrough(recipient.settings, message, { environment, log, signal, pauses, notBefore });
}

/** Sent, or to some at least: never again to those who have it. */
function isDone({ failure }: Delivery): boolean {
  return failure === undefined || (failure instanceof DeliveryError && failure.isPartlySent);
}

function withFailure(entry: SpoolEntry, { failure, isRefused }: Delivery): SpoolEntry {
  const problem = failure?.message ?? "";
  const at = new Date();
  const retryAt = failure instanceof DeliveryError ? pauseUntil(failure.retryAfter, at) : undefined;
  return {
    ...entry,
    tries: entry.tries + 1,
    lastFailure: { at, problem, isTransient: !isRefused, retryAt },
    sender: undefined,
  };
}

async function removeSent({ name }: Parcel, { stateDirectory, log }: NotifyContext): Promise<void> {
  try {
    if (name !== undefined) await removeEntry(stateDirectory, name);
  } catch (error) {
    log.warn(
      `a message that was sent cannot be removed from the spool, and will be sent again: ${errorMessage(error)}`,
    );
  }
}

// What is stored already stays as it is where there is no room for the change.
async function storeAgain({ entry }: Parcel, { stateDirectory, log }: NotifyContext): Promise<void> {
  try {
    await storeEntry(stateDirectory, entry);
  } catch (error) {
    log.debug(`the spool cannot be written: ${errorMessage(error)}`);
  }
}
