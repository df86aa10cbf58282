import { formatMoment } from "@catapullt/core/units";
import type { Host } from "../../applications/host.ts";
import type { Check, HostSubject } from "../check.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";

const years = { earliest: 2025, latest: 2099 };
const setIt = "set the clock: timedatectl set-ntp true, or install chrony";

/** The year, and what timedatectl or chronyc says of synchronisation. */
export const clockCheck: Check<HostSubject> = {
  name: "clock",
  limit: 10_000,
  look: async ({ now, host }) => judgeClock(now, await isSynchronised(host)),
};

/** Pure; `synchronised` is undefined where nothing on the host tells. */
export function judgeClock(now: Date, synchronised: boolean | undefined): Finding[] {
  const year = now.getUTCFullYear();
  const told = `it is ${formatMoment(now)} UTC`;
  if (year < years.earliest || year > years.latest)
    return [failure(`${told}, which cannot be: archives would be dated so`, setIt)];
  if (synchronised === false) return [warning(`${told}, and the clock is not synchronised`, setIt)];
  return [ok(`${told}${synchronised ? ", synchronised" : "; nothing here tells whether it is synchronised"}`)];
}

async function isSynchronised(host: Host): Promise<boolean | undefined> {
  const answers = [
    { program: "timedatectl", args: ["show", "--property=NTPSynchronized", "--value"], yes: /^yes$/m, no: /^no$/m },
    { program: "chronyc", args: ["-n", "tracking"], yes: /^Leap status\s*: Normal/m, no: /^Leap status\s*: Not sync/m },
  ];
  let told: boolean | undefined;
  for (const { program, args, yes, no } of answers) {
    const path = await host.findProgram([program]);
    if (path === undefined) continue;
    const { exitCode, output } = await host.run(path, args);
    const text = exitCode === 0 ? output.toString() : "";
    if (yes.test(text)) return true;
    if (no.test(text)) told = false;
  }
  return told;
}
