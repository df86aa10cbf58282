import { errorMessage } from "@catapullt/core/errors";
import { identifyProcess, type ProcessIdentity } from "@catapullt/core/process/process-identity";
import type { Announcement } from "../dispatch/announcement.ts";
import { isStateful, isWanted, listRecipients, type Recipient, reminderOf } from "../dispatch/recipients.ts";
import { withNotes } from "../message/notes.ts";
import type { NotifyContext } from "../notify-context.ts";
import { planReminder, type ReminderAnswer } from "../reminders/plan.ts";
import type { JobRecord } from "../state/job-record.ts";
import { updateRecord } from "../state/job-store.ts";
import type { OwnParcel } from "./round.ts";
import { storeEntry } from "./store.ts";

export interface PreparedParcels {
  own: readonly OwnParcel[];
  /** Types of transports that were told of it a short while ago. */
  heldBack: readonly string[];
}

type PlannedRecipient = Recipient & { answer: ReminderAnswer };

/** Stores an announcement for all that want it and are to be told now, and remembers that they are. Never rejects. */
export async function prepareParcels(announcement: Announcement, context: NotifyContext): Promise<PreparedParcels> {
  const { message, events, job, isOutdated = false } = announcement;
  const wanted = listRecipients(context.config).filter(
    (recipient) =>
      isWanted(recipient, { kind: message.kind, events }) && !(isOutdated && isStateful(recipient.settings.type)),
  );
  const hasReminders = wanted.some((recipient) => reminderOf(recipient, message.kind, context.config) !== undefined);
  if (job === undefined || !hasReminders)
    return storeAll(planAll(announcement, wanted, { context, told: {} }), announcement, context);
  return prepareRemembered({ ...announcement, job }, wanted, context);
}

async function prepareRemembered(
  announcement: Announcement & { job: string },
  wanted: readonly Recipient[],
  context: NotifyContext,
): Promise<PreparedParcels> {
  const { job } = announcement;
  let prepared: PreparedParcels | undefined;
  try {
    // Stored before it is remembered as told: after a crash between, it is told twice rather than never.
    const change = async (record: JobRecord): Promise<JobRecord> => {
      const planned = planAll(announcement, wanted, { context, told: record.told });
      prepared = await storeAll(planned, announcement, context);
      return { ...record, told: mergeTold(record.told, planned) };
    };
    await updateRecord(job, change, context);
  } catch (error) {
    // That the state cannot be kept was told when the run was recorded.
    context.log.debug(`who was told of ${job} cannot be remembered: ${errorMessage(error)}`);
  }
  return prepared ?? storeAll(planAll(announcement, wanted, { context, told: {} }), announcement, context);
}

function planAll(
  { message, what }: Announcement,
  wanted: readonly Recipient[],
  { context: { config }, told }: { context: NotifyContext; told: JobRecord["told"] },
): PlannedRecipient[] {
  const now = new Date();
  return wanted.map((recipient) => {
    const remind = reminderOf(recipient, message.kind, config);
    const question = { told: told[recipient.identity], what, kind: message.kind, remind, now };
    return { ...recipient, answer: planReminder(question) };
  });
}

function mergeTold(told: JobRecord["told"], planned: readonly PlannedRecipient[]): JobRecord["told"] {
  const merged = new Map(Object.entries(told));
  for (const { identity, answer } of planned) {
    if (answer.told === undefined) merged.delete(identity);
    else merged.set(identity, answer.told);
  }
  return Object.fromEntries(merged);
}

async function storeAll(
  planned: readonly PlannedRecipient[],
  { message, events }: Announcement,
  context: NotifyContext,
): Promise<PreparedParcels> {
  const sender = await identifySelf(context);
  const queuedAt = new Date();
  const own: OwnParcel[] = planned
    .filter(({ answer }) => answer.isTold)
    .map(({ identity, settings, answer }) => ({
      recipient: { identity, settings },
      name: undefined,
      entry: {
        identity,
        type: settings.type,
        events,
        message: withNotes(message, answer.notes),
        queuedAt,
        tries: 0,
        lastFailure: undefined,
        sender,
      },
    }));
  const heldBack = planned.filter(({ answer }) => !answer.isTold).map(({ settings }) => settings.type);
  return { own: await store(own, context), heldBack };
}

// Without it, another process may send it as well: better twice than never.
async function identifySelf({ log }: NotifyContext): Promise<ProcessIdentity | undefined> {
  try {
    return await identifyProcess(process.pid);
  } catch (error) {
    log.debug(`this process cannot be told from others: ${errorMessage(error)}`);
    return undefined;
  }
}

/** What cannot be stored is sent all the same. */
async function store(own: readonly OwnParcel[], context: NotifyContext): Promise<OwnParcel[]> {
  const stored: OwnParcel[] = [];
  try {
    for (const parcel of own) {
      const { name } = await storeEntry(context.stateDirectory, parcel.entry);
      stored.push({ ...parcel, name });
    }
  } catch (error) {
    context.log.warn(
      `messages cannot be kept in ${context.stateDirectory} until they are sent: ${errorMessage(error)}\n` +
        "one that cannot be sent now is lost; make room there, and the directory writable for this user, or set `stateDir`",
    );
  }
  return [...stored, ...own.slice(stored.length)];
}
