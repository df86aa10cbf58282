import { formatDuration } from "@catapullt/core/units";
import type { HostSighting } from "../vault/sighting.ts";
import { describeUnreached, isUnreached } from "./cause.ts";
import type { Finding } from "./finding.ts";
import { formatMoment } from "./moment.ts";

export interface HostFacts {
  host: string;
  sighting: HostSighting | undefined;
  /** Why its directory in the vault cannot be read; undefined where it can. */
  trouble: string | undefined;
}

/** What is to be told of a host as a whole; `isTold`: that it is unreachable explains a finding already. Pure. */
export function tellHost(
  { host, sighting, trouble }: HostFacts,
  { clockLimit, isTold }: { clockLimit: number; isTold: boolean },
): Finding[] {
  const findings: Finding[] = [];
  const tell = (kind: Finding["kind"], message: string) => findings.push({ host, application: "", kind, message });
  if (trouble !== undefined) tell("unreadable", `what the vault holds of it now cannot be read: ${trouble}`);
  if (sighting === undefined) return findings;
  if (isUnreached(sighting) && !isTold) tell("unreachable", describeUnreached(host, sighting));
  const { clock } = sighting;
  if (clock !== null && Math.abs(clock.offset) * 1000 > clockLimit) {
    const distance = formatDuration(Math.abs(clock.offset) * 1000);
    const direction = clock.offset > 0 ? "ahead of" : "behind";
    tell(
      "clock",
      `its clock was ${distance} ${direction} this host's at ${formatMoment(new Date(clock.measuredAt))}: set it right and keep it so, with chrony or systemd-timesyncd, on ${host} or here`,
    );
  }
  return findings;
}
