import { formatTable } from "@catapullt/core/table";
import type { PrunePlan } from "./plan.ts";

/** The plan, for people. */
export function renderPrune({ decisions }: PrunePlan): string {
  if (decisions.length === 0) return "there are no archives\n";
  return formatTable(
    [
      { title: "ACTION", value: ({ action }) => action },
      { title: "ARCHIVE", value: ({ name }) => name },
      { title: "REASONS", value: ({ reasons }) => reasons.join(", ") },
    ],
    decisions,
  );
}
