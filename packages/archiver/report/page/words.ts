import { formatDuration, formatMoment } from "@catapullt/core/units";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, in one unit: `5 min`, `7 h`, `12 d`, `4 mo`, `2 y`. */
export function formatAge(time: Date, now: Date): string {
  const age = Math.max(0, now.getTime() - time.getTime());
  if (age < hour) return `${Math.round(age / minute)} min`;
  if (age < 2 * day) return `${Math.round(age / hour)} h`;
  if (age < 90 * day) return `${Math.round(age / day)} d`;
  if (age < 730 * day) return `${Math.round(age / (30.44 * day))} mo`;
  return `${Math.round(age / (365.25 * day))} y`;
}

/** `12,000 backups`, `1 backup`. */
export function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** `2026-11-24 02:00` in UTC. */
export function minuteOf(moment: Date): string {
  return formatMoment(moment, "minute");
}

/** `-` where it is not known. */
export function formatSeconds(seconds: number | undefined): string {
  return seconds === undefined ? "-" : formatDuration(seconds * 1000);
}
