import { countOf, formatMomentWithDay } from "../message/figures.ts";
import type { MessageKind } from "../message/message.ts";
import type { Told } from "../state/job-record.ts";

export interface ReminderQuestion {
  /** What a transport was told last of this job. */
  told: Told | undefined;
  /** What there is to tell now; undefined for what is no trouble. */
  what: string | undefined;
  kind: MessageKind;
  /** Milliseconds; undefined: tell every time. */
  remind: number | undefined;
  now: Date;
}

export interface ReminderAnswer {
  isTold: boolean;
  /** What to add to the message. */
  notes: readonly string[];
  /** What is to be remembered of it; undefined for nothing. */
  told: Told | undefined;
}

/** How much earlier a reminder may come, since no nightly run ends to the second when the last one did: a tenth, at most 1 h. */
const longestEarliness = 3_600_000;

/**
 * Whether a transport hears of a trouble: at once, then once per `remind` while it stays the same; of anything else every
 * time. What it was not told is counted, and said with the next message. Pure.
 */
export function planReminder({ told, what, kind, remind, now }: ReminderQuestion): ReminderAnswer {
  const notes = told === undefined ? [] : describeSilence(told);
  if (what === undefined) return { isTold: true, notes, told: undefined };
  const news = { at: now, what };
  if (told === undefined || told.what !== what) return { isTold: true, notes, told: news };
  if (remind === undefined) return { isTold: true, notes, told: news };
  const elapsed = now.getTime() - told.at.getTime();
  // A clock that went back says nothing of how long it was.
  if (elapsed >= 0 && elapsed < remind - Math.min(remind / 10, longestEarliness)) {
    const heldBack = (told.heldBack ?? 0) + (kind === "run" ? 1 : 0);
    return { isTold: false, notes: [], told: heldBack === 0 ? told : { ...told, heldBack } };
  }
  const reminder = `This is a reminder: it goes on. You were told last at ${formatMomentWithDay(told.at)}.`;
  return { isTold: true, notes: [reminder, ...notes], told: news };
}

function describeSilence({ heldBack = 0, at }: Told): string[] {
  if (heldBack === 0) return [];
  const were = heldBack === 1 ? "was" : "were";
  return [
    `${countOf(heldBack, "run")} after ${formatMomentWithDay(at)} went wrong in the same way and ${were} not told one by one (\`remind\`).`,
  ];
}
