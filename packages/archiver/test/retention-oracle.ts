/** An archive as the oracle sees it. */
export interface OracleArchive {
  name: string;
  time: Date;
}

const dayMilliseconds = 86_400_000;

/** Keys of the periods that a moment lies in, for `timeZone`: worked out by formatting it, and so not as the product does. */
function periodsOf(time: Date, timeZone: string): { daily: string; weekly: string; monthly: string; yearly: string } {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(time);
  const midnight = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(midnight.getTime() + (4 - (midnight.getUTCDay() || 7)) * dayMilliseconds);
  const firstOfYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - firstOfYear) / dayMilliseconds / 7) + 1;
  return {
    daily: day,
    weekly: `${thursday.getUTCFullYear()}-W${week}`,
    monthly: day.slice(0, 7),
    yearly: day.slice(0, 4),
  };
}

export type OraclePolicy = { last: number } & Record<"daily" | "weekly" | "monthly" | "yearly", number>;

export interface OracleContext {
  policy: OraclePolicy;
  timeZone: string;
  now: Date;
  /** An application whose newest archive is older than this loses nothing. Milliseconds. */
  overdueAfter: number;
}

/** What is left of an application's archives after one prune, said as the contract says it and without regard to speed. */
export function keptByContract<Archive extends OracleArchive>(
  archives: readonly Archive[],
  { policy, timeZone, now, overdueAfter }: OracleContext,
): Archive[] {
  const past = archives
    .filter(({ time }) => time <= now)
    .sort((one, other) => other.time.getTime() - one.time.getTime());
  const [newest] = past;
  const oldest = past.at(-1);
  if (newest === undefined || oldest === undefined || now.getTime() - newest.time.getTime() > overdueAfter)
    return [...archives];
  const kept = new Set<Archive>([newest, ...past.slice(0, policy.last)]);
  for (const rule of ["daily", "weekly", "monthly", "yearly"] as const) {
    const newestOfPeriods = new Map<string, Archive>();
    for (const archive of past) {
      const period = periodsOf(archive.time, timeZone)[rule];
      if (!newestOfPeriods.has(period)) newestOfPeriods.set(period, archive);
    }
    const chosen = [...newestOfPeriods.values()].slice(0, policy[rule]);
    for (const archive of chosen) kept.add(archive);
    if (chosen.length < policy[rule]) kept.add(oldest);
  }
  return archives.filter((archive) => kept.has(archive) || archive.time > now);
}
