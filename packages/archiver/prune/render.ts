import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatTable } from "@catapullt/core/table";
import { formatBytes } from "@catapullt/core/units";
import type { PruneDecision } from "./plan.ts";
import type { PruneOutcome } from "./run.ts";

/** What a prune would do: each archive with its reasons. */
export function planResult(plan: PruneOutcome): CommandResult {
  return result(plan, { shown: plan.decisions, verb: "to remove" });
}

/** What a prune did; people see what was removed, and which hosts failed. */
export function pruneResult(outcome: PruneOutcome): CommandResult {
  return result(outcome, { shown: outcome.decisions.filter(isRemoval), verb: "removed" });
}

function result(
  { decisions, failures }: PruneOutcome,
  { shown, verb }: { shown: readonly PruneDecision[]; verb: string },
): CommandResult {
  const failed = [...new Set(failures.map(({ subject }) => subject))];
  // Only one of the two is printed, and there may be hundreds of thousands of decisions.
  return {
    get text() {
      return [
        shown.length === 0 ? "" : formatDecisions(shown),
        decisions.length === 0 ? "there are no archives\n" : summary(decisions, verb),
        failed.length === 0 ? "" : `failed: ${failed.join(", ")}\n`,
      ].join("");
    },
    get json() {
      return decisions.map(({ host, application, name, action, reasons }) => ({
        host,
        application,
        name,
        action,
        reasons,
      }));
    },
    exitCode: failures.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}

function summary(decisions: readonly PruneDecision[], verb: string): string {
  const removed = decisions.filter(isRemoval);
  const bytes = removed.reduce((sum, archive) => sum + archive.bytes, 0);
  return `${removed.length} ${verb} (${formatBytes(bytes)}), ${decisions.length - removed.length} kept\n`;
}

function isRemoval({ action }: PruneDecision): boolean {
  return action === "remove";
}

function formatDecisions(decisions: readonly PruneDecision[]): string {
  return formatTable(
    [
      { title: "ACTION", value: ({ action }) => action },
      { title: "HOST", value: ({ host }) => host },
      { title: "APPLICATION", value: ({ application }) => application },
      { title: "ARCHIVE", value: ({ name }) => name },
      { title: "SIZE", value: ({ bytes }) => formatBytes(bytes), align: "right" },
      { title: "REASONS", value: ({ reasons }) => reasons.join(", ") },
    ],
    decisions,
  );
}
