// An offset that is the same at both ends of a day, or else of an hour, is the same all through it.
const spans = [86_400_000, 3_600_000];

/** Local time in a zone, in milliseconds, as if it were UTC: `new Date(local)` has the zone's figures in its UTC getters. */
export type LocalTime = (time: Date) => number;

const zones = new Map<string, LocalTime>();

/**
 * Local times of one IANA time zone (`Europe/Berlin`, `UTC`), fast enough for hundreds of thousands: the offset is asked
 * for once per day of history in the whole run. Throws RangeError for a zone that does not exist.
 */
export function createLocalTime(timeZone: string): LocalTime {
  const localTime = zones.get(timeZone) ?? readZone(timeZone);
  zones.set(timeZone, localTime);
  return localTime;
}

function readZone(timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsets = new Map<number, number>();
  const offsetAt = (time: number): number => {
    const known = offsets.get(time);
    if (known !== undefined) return known;
    const offset = exactOffset(format, time);
    offsets.set(time, offset);
    return offset;
  };
  return (date) => {
    const time = date.getTime();
    for (const length of spans) {
      const start = Math.floor(time / length) * length;
      const offset = offsetAt(start);
      if (offset === offsetAt(start + length)) return time + offset;
    }
    return time + exactOffset(format, time);
  };
}

function exactOffset(format: Intl.DateTimeFormat, time: number): number {
  const seconds = Math.floor(time / 1000) * 1000;
  const parts = Object.fromEntries(format.formatToParts(seconds).map(({ type, value }) => [type, value]));
  const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return local.getTime() - seconds;
}
