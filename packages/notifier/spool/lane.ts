import { setImmediate as nextTurn } from "node:timers/promises";
import { errorMessage } from "@catapullt/core/errors";
import { isStateful, type Recipient } from "../dispatch/recipients.ts";
import { findPauseEnd, isResting, orderEntries } from "./late.ts";
import { type Attempt, giveUpOld, type Parcel, type ParcelOptions, sendParcel } from "./parcel.ts";
import { removeEntry, type StoredEntry } from "./store.ts";

/** All that goes to one transport in this round. */
export interface Lane {
  recipient: Recipient;
  late: readonly StoredEntry[];
  own: Parcel | undefined;
}

export interface LaneOptions extends Omit<ParcelOptions, "recipient"> {
  /** Ends what is late. */
  lateSignal: AbortSignal;
  /** Also tries what was refused a short while ago. */
  isThorough: boolean;
}

/** So many refusals one after the other are not about single messages. */
const mostRefusals = 3;

/** Sends what is late, oldest first, and then the own message, which has a try in any case. */
export async function runLane(lane: Lane, options: LaneOptions): Promise<Attempt[]> {
  const { recipient, own } = lane;
  const attempts: Attempt[] = [];
  try {
    const { current, superseded } = separateSuperseded(lane);
    for (const parcel of superseded) {
      await removeEntry(options.context.stateDirectory, parcel.name);
      attempts.push({ parcel, isOwn: false, result: "superseded", delivery: undefined });
    }
    attempts.push(...(await sendLate(orderEntries(current), recipient, options)));
  } catch (error) {
    options.context.log.warn(`what waits for ${recipient.settings.type} cannot be sent: ${errorMessage(error)}`);
  }
  // News is tried in any case, but not while the other side asked for a short pause.
  const known = attempts.map(({ parcel }) => parcel.entry);
  const notBefore = known.map((entry) => findPauseEnd(entry, new Date())).find((moment) => moment !== undefined);
  if (own !== undefined) attempts.push(await sendParcel(own, { ...options, recipient, notBefore, isOwn: true }));
  return attempts;
}

/** Where only the present state counts, a newer message of a job takes the place of what waits. */
function separateSuperseded({ recipient, late, own }: Lane) {
  if (!isStateful(recipient.settings.type)) return { current: late, superseded: [] };
  const newest = new Map<string, Parcel>(late.map((parcel) => [jobOf(parcel), parcel]));
  if (own?.name !== undefined) newest.set(jobOf(own), own);
  const isCurrent = (parcel: StoredEntry) => newest.get(jobOf(parcel)) === parcel;
  return { current: late.filter(isCurrent), superseded: late.filter((parcel) => !isCurrent(parcel)) };
}

function jobOf({ entry: { message } }: Parcel): string {
  return `${message.host}\n${message.job}`;
}

async function sendLate(
  parcels: readonly StoredEntry[],
  recipient: Recipient,
  options: LaneOptions,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let refusals = 0;
  const paused = parcels.map(({ entry }) => entry).find((entry) => findPauseEnd(entry, new Date()) !== undefined);
  let blocking = options.isThorough ? undefined : paused;
  for (const parcel of parcels) {
    const isBlocked = blocking !== undefined || refusals >= mostRefusals || options.lateSignal.aborted;
    if (isBlocked || (!options.isThorough && isResting(parcel.entry, new Date()))) {
      const isEnded = blocking !== undefined && (await giveUpOld(parcel, blocking, options.context));
      attempts.push({ parcel, isOwn: false, result: isEnded ? "given-up" : "waiting", delivery: undefined });
      continue;
    }
    const attempt = await sendParcel(parcel, { ...options, signal: options.lateSignal, recipient, isOwn: false });
    attempts.push(attempt);
    if (attempt.result === "sent") refusals = 0;
    else if (attempt.delivery?.isRefused) refusals += 1;
    else blocking = attempt.parcel.entry;
    await nextTurn(); // signals are heard
  }
  return attempts;
}
