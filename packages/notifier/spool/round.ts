import { errorMessage } from "@catapullt/core/errors";
import { findProcess } from "@catapullt/core/process/process-identity";
import { listRecipients, type Recipient } from "../dispatch/recipients.ts";
import type { NotifyContext } from "../notify-context.ts";
import type { SpoolEntry } from "./entry.ts";
import { describeGivenUp, type GivenUpLedger, readGivenUp, settleGivenUp, sumGivenUp } from "./given-up.ts";
import { type Lane, type LaneOptions, runLane } from "./lane.ts";
import type { Attempt, Parcel } from "./parcel.ts";
import { routeEntry } from "./route.ts";
import { readSpool, readStored, removeEntry, removeLeftovers, type StoredEntry, storeEntry } from "./store.ts";

/** A message that this process has to tell, and whom. */
export interface OwnParcel extends Parcel {
  recipient: Recipient;
}

export interface RoundOptions extends Pick<LaneOptions, "context" | "signal" | "lateSignal" | "isThorough"> {
  own: readonly OwnParcel[];
  /** What waits; empty where another process sends that. */
  late: readonly StoredEntry[];
}

/** So long another host's or container's process may take, of which nobody here can say whether it still runs. */
const lease = 15 * 60_000;

/** One round through all transports at the same time: what is late and what is new. */
export async function sendRound({ own, late, ...options }: RoundOptions): Promise<Attempt[]> {
  const recipients = listRecipients(options.context.config);
  const ledger = assignLedger(await tryReadingLedger(options.context), recipients);
  const attempts = await Promise.all(
    makeLanes(recipients, { own, late }).map(async (lane) => {
      const { identity } = lane.recipient;
      const shares = ledger.get(identity) ?? {};
      const sum = sumGivenUp(Object.values(shares));
      const untold = { notes: sum === undefined ? [] : [describeGivenUp(sum)] };
      const made = await runLane(lane, { ...options, untold });
      if (sum !== undefined && untold.notes.length === 0) await settle(shares, options.context);
      return made;
    }),
  );
  return attempts.flat();
}

async function tryReadingLedger({ stateDirectory, log }: NotifyContext): Promise<GivenUpLedger> {
  try {
    return await readGivenUp(stateDirectory);
  } catch (error) {
    log.warn(`what was given up before cannot be told: ${errorMessage(error)}`);
    return {};
  }
}

function makeLanes(recipients: readonly Recipient[], { own, late }: Pick<RoundOptions, "own" | "late">): Lane[] {
  return recipients
    .map((recipient) => ({
      recipient,
      late: late.filter(({ entry }) => entry.identity === recipient.identity),
      own: own.find((parcel) => parcel.recipient.identity === recipient.identity),
    }))
    .filter((lane) => lane.own !== undefined || lane.late.length > 0);
}

/** What each transport is to be told of; the first one also hears of those that are no longer configured. */
function assignLedger(ledger: GivenUpLedger, recipients: readonly Recipient[]): Map<string, GivenUpLedger> {
  const known = new Set(recipients.map(({ identity }) => identity));
  const first = recipients[0]?.identity ?? "";
  const assigned = new Map<string, GivenUpLedger>();
  for (const [identity, entry] of Object.entries(ledger)) {
    const teller = known.has(identity) ? identity : first;
    assigned.set(teller, { ...assigned.get(teller), [identity]: entry });
  }
  return assigned;
}

async function settle(told: GivenUpLedger, { stateDirectory, log }: NotifyContext): Promise<void> {
  try {
    await settleGivenUp(stateDirectory, told);
  } catch (error) {
    log.warn(`the next message will repeat what was given up: ${errorMessage(error)}`);
  }
}

/** What waits for the transports as they are now. The caller holds the lock of the spool. */
export async function collectLate(context: NotifyContext): Promise<StoredEntry[]> {
  const { stateDirectory, config, log } = context;
  const recipients = listRecipients(config);
  await removeLeftovers(stateDirectory, new Date());
  const late: StoredEntry[] = [];
  for (const stored of await readSpool(stateDirectory, log)) {
    if (await isBeingSent(stored.entry)) continue;
    // A sender that is gone may have sent it since it was read: what it has left after that was not sent.
    const left = stored.entry.sender === undefined ? stored : await readStored(stateDirectory, stored.name, log);
    if (left !== undefined) late.push(...(await readdress(left, recipients, context)));
  }
  return late;
}

/** True where another notify that runs has it in its hands. */
export async function isBeingSent({ sender, queuedAt }: Pick<SpoolEntry, "sender" | "queuedAt">): Promise<boolean> {
  if (sender === undefined) return false;
  const state = await findProcess(sender);
  const age = Date.now() - queuedAt.getTime();
  return state === "unknown" ? age >= 0 && age < lease : state === "alive";
}

/** An entry as those that it is for now: itself in nearly all cases. */
async function readdress(
  stored: StoredEntry,
  recipients: readonly Recipient[],
  { stateDirectory, log }: NotifyContext,
): Promise<StoredEntry[]> {
  const { entry, name } = stored;
  const targets = routeEntry(entry, recipients);
  if (targets.some(({ identity }) => identity === entry.identity)) return [stored];
  if (targets.length === 0) {
    if (recipients.length === 0) return [stored];
    log.warn(`a message that waited for ${entry.type} is given up: no transport of that type is configured any more`);
    await removeEntry(stateDirectory, name);
    return [];
  }
  const copies: StoredEntry[] = [];
  for (const { identity, settings } of targets) {
    const copy = { ...entry, identity, type: settings.type, tries: 0, lastFailure: undefined, sender: undefined };
    copies.push(await storeEntry(stateDirectory, copy));
  }
  await removeEntry(stateDirectory, name);
  log.debug(
    `the transport that a waiting message was for is no longer configured: it goes through ${targets.map(({ settings }) => settings.type).join(", ")}`,
  );
  return copies;
}
