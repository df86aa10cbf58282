import { formatDuration } from "@catapullt/core/units";
import type { Lines } from "./line.ts";

/** By how many seconds a host's clock is ahead (negative: behind); nothing where that could not be told. `limit` in milliseconds. */
export function tellClock(offset: number | undefined, { limit, out }: { limit: number; out: Lines }): void {
  if (offset === undefined) return;
  const seconds = Math.abs(offset);
  const facts = seconds < 2 ? "right" : `${formatDuration(seconds * 1000)} ${offset > 0 ? "ahead" : "behind"}`;
  if (seconds * 1000 <= limit) out.ok("clock", `the host's clock is ${facts}`);
  else
    out.warn(
      "clock",
      `the host's clock is ${facts}`,
      "start a time service there (timedatectl set-ntp true); archives are named by that clock",
    );
}
