import type { Check, HostSubject } from "../check.ts";
import { type Finding, ok, warning } from "../finding.ts";

/** In which zone crontabs are read, as far as this host tells. */
export const timeZoneCheck: Check<HostSubject> = {
  name: "time-zone",
  limit: 5_000,
  async look({ host, environment }) {
    const link = await host.realPath("/etc/localtime");
    return judgeTimeZone(link?.split("/zoneinfo/")[1], environment.TZ || undefined);
  },
};

/** `zone` is that of the system, undefined where it has none, which is UTC; `variable` is `$TZ`. Pure. */
export function judgeTimeZone(zone = "UTC", variable?: string): Finding[] {
  const own = variable?.replace(/^:/, "");
  if (own !== undefined && !isSameZone(own, zone))
    return [
      warning(
        `TZ=${own} is set here, but cron starts jobs by the system's zone, ${zone}`,
        `write times of crontabs in ${zone}, or run: timedatectl set-timezone ${own}`,
      ),
    ];
  return [ok(`crontabs are read in ${zone}`)];
}

// Under whichever of their names: `UTC` and `Etc/UTC` have the same hours in winter and in summer.
function isSameZone(one: string, other: string): boolean {
  const hours = (timeZone: string) =>
    ["2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"].map((moment) =>
      new Date(moment).toLocaleString("en", { timeZone, timeZoneName: "longOffset" }),
    );
  try {
    return hours(one).join() === hours(other).join();
  } catch (error) {
    if (error instanceof RangeError) return false; // no zone at all
    throw error;
  }
}
