import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { HostOutcome, HostPlan } from "./outcome.ts";
import type { PullAction } from "./plan.ts";

/** What a pull did, for people and for programs. */
export function pullResult(outcomes: readonly HostOutcome[]): CommandResult {
  const fetched = outcomes.flatMap((outcome) => outcome.fetched);
  const failed = outcomes.filter(({ failures }) => failures.length > 0);
  const text =
    fetched.length === 0
      ? `nothing ${failed.length === 0 ? "new" : "fetched"}\n`
      : formatTable(
          [
            { title: "HOST", value: (row) => row.host },
            { title: "APPLICATION", value: (row) => row.application },
            { title: "ARCHIVE", value: (row) => row.name },
            { title: "VERSION", value: (row) => row.version ?? "-" },
            { title: "SIZE", value: (row) => formatBytes(row.bytes), align: "right" },
            { title: "TIME", value: (row) => formatDuration(row.seconds * 1000), align: "right" },
            { title: "AT THE HOST", value: (row) => (row.removed ? "removed" : "kept") },
          ],
          fetched,
        );
  const summary =
    failed.length === 0
      ? ""
      : `${failed.length} of ${outcomes.length} hosts failed: ${failed.map(({ host }) => host).join(", ")}\n`;
  return {
    text: `${text}${summary}`,
    json: outcomes.map((outcome) => ({
      ...outcome,
      fetched: outcome.fetched.map(({ host: _, version, ...facts }) => ({ ...facts, version: version ?? null })),
    })),
    exitCode: failed.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}

/** What a pull would do. */
export function planResult(plans: readonly HostPlan[]): CommandResult {
  const rows = plans.flatMap(({ host, actions }) => actions.map((action) => ({ host, ...action })));
  const text =
    rows.length === 0
      ? "nothing to do\n"
      : formatTable(
          [
            { title: "HOST", value: (row) => row.host },
            { title: "APPLICATION", value: (row) => row.application },
            { title: "ARCHIVE", value: (row) => row.name },
            { title: "ACTION", value: actionName },
            { title: "SIZE", value: (row) => ("bytes" in row ? formatBytes(row.bytes) : ""), align: "right" },
            { title: "REASON", value: (row) => row.reason },
          ],
          rows,
        );
  const isClean = plans.every(({ actions, failures }) => failures.length === 0 && !actions.some(isRefusal));
  return {
    text,
    json: plans.map(({ host, actions, ignored, failures }) => ({
      host,
      actions: actions.map((action) => ({
        application: action.application,
        name: action.name,
        action: actionName(action),
        reason: action.reason,
        bytes: "bytes" in action ? action.bytes : null,
      })),
      ignored,
      failures,
    })),
    exitCode: isClean ? exitCodes.done : exitCodes.failed,
  };
}

function actionName(action: PullAction): string {
  return action.kind === "fetch" && action.resumeFrom > 0 ? "resume" : action.kind;
}

function isRefusal({ kind }: PullAction): boolean {
  return kind === "refuse";
}
