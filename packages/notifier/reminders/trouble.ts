import { nameEnding } from "../ending.ts";
import type { Outcome } from "../outcome.ts";

/**
 * What is wrong, in words that stay the same for as long as runs end in the same way: `failure, exit code 1, dump-failed`.
 * Undefined where nothing is wrong.
 */
export function nameTrouble({
  state,
  ending,
  report,
}: Pick<Outcome, "state" | "ending" | "report">): string | undefined {
  if (state === "success") return undefined;
  const codes = new Set((report?.failures ?? []).map(({ code }) => code));
  return [state, nameEnding(ending), ...[...codes].sort()].join(", ");
}
