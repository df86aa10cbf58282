import { formatMoment as formatMomentInUtc } from "@catapullt/core/units";

/** `20,104` */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 warning`, `20,104 files` */
export function countOf(count: number, singular: string): string {
  return `${formatCount(count)} ${singular}${count === 1 ? "" : "s"}`;
}

/** `2026-11-23 02:00:00 UTC`, in the time zone of archives' names. */
export function formatMoment(moment: Date, precision: "minute" | "second" = "second"): string {
  return `${formatMomentInUtc(moment, precision)} UTC`;
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** `2026-11-23 02:00:00 UTC (Monday)` */
export function formatMomentWithDay(moment: Date): string {
  return `${formatMoment(moment)} (${weekdays[moment.getUTCDay()]})`;
}
