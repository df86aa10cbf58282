import { formatMoment as formatMomentInUtc } from "@catapullt/core/units";
import type { HostSighting } from "../vault/sighting.ts";

/** `2026-11-23 02:00 UTC` */
export function formatMoment(moment: Date): string {
  return `${formatMomentInUtc(moment, "minute")} UTC`;
}

/** A clock that is further off says nothing: a hundred years, in seconds. */
const largestOffset = 100 * 365 * 86_400;

/** A time by a host's clock, as this host's clock would have shown it then, as far as a pull has measured that. Pure. */
export function toOwnClock(moment: Date, sighting: Pick<HostSighting, "clock"> | undefined): Date {
  const offset = sighting?.clock?.offset ?? 0;
  return Math.abs(offset) > largestOffset ? moment : new Date(moment.getTime() - offset * 1000);
}

/** The same for an ISO 8601 time. */
export function parseHostMoment(moment: string, sighting: Pick<HostSighting, "clock"> | undefined): Date {
  return toOwnClock(new Date(moment), sighting);
}
