const hourLength = 3_600_000;
const dayLength = 24 * hourLength;

/** A kind of period by which archives are counted. */
export interface Period {
  rule: "hourly" | "daily" | "weekly" | "monthly" | "yearly";
  /** A number that is the same for all times of one period; the argument is a local time (see `LocalTime`). */
  number: (local: number) => number;
  /** The period's name: `2026-11-23 02h`, `2026-11-23`, `2026-W48`, `2026-11`, `2026`. */
  label: (local: number) => string;
}

export const periods: readonly Period[] = [
  {
    rule: "hourly",
    number: (local) => Math.floor(local / hourLength),
    label: (local) => `${isoText(local, 10)} ${isoText(local).slice(11, 13)}h`,
  },
  { rule: "daily", number: (local) => Math.floor(local / dayLength), label: (local) => isoText(local, 10) },
  { rule: "weekly", number: weekNumber, label: weekLabel },
  {
    rule: "monthly",
    number: (local) => new Date(local).getUTCFullYear() * 12 + new Date(local).getUTCMonth(),
    label: (local) => isoText(local, 7),
  },
  { rule: "yearly", number: (local) => new Date(local).getUTCFullYear(), label: (local) => isoText(local, 4) },
];

// The first day of 1970 was a Thursday: weeks of ISO 8601 begin on Mondays.
function weekNumber(local: number): number {
  return Math.floor((Math.floor(local / dayLength) + 3) / 7);
}

// A week belongs to the year that its Thursday is in.
function weekLabel(local: number): string {
  const thursday = new Date(weekNumber(local) * 7 * dayLength);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayLength)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function isoText(local: number, length?: number): string {
  return new Date(local).toISOString().slice(0, length);
}
