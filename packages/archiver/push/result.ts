import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { PushOutcome } from "./outcome.ts";
import type { PushAction } from "./plan.ts";
import type { PushPlan } from "./run.ts";

/** What a push did, for people and for programs. */
export function pushResult(outcome: PushOutcome): CommandResult {
  const { pushed, removed, failures } = outcome;
  const gone = new Set(removed.map(({ application, name }) => `${application}/${name}`));
  const isClean = failures.length === 0;
  const table = formatTable(
    [
      { title: "APPLICATION", value: (row) => row.application },
      { title: "ARCHIVE", value: (row) => row.name },
      { title: "SIZE", value: (row) => formatBytes(row.bytes), align: "right" },
      { title: "TIME", value: (row) => formatDuration(row.seconds * 1000), align: "right" },
      { title: "HERE", value: (row) => (gone.has(`${row.application}/${row.name}`) ? "removed" : "kept") },
    ],
    pushed,
  );
  const nothing = `nothing ${isClean ? "new" : "sent"}\n`;
  const removals = removed.length === 0 ? "" : `removed here: ${removed.map(({ name }) => name).join(", ")}\n`;
  const problems = isClean ? "" : `${failures.length} ${failures.length === 1 ? "failure" : "failures"}\n`;
  return {
    text: `${pushed.length === 0 ? nothing : table}${removals}${problems}`,
    json: outcome,
    exitCode: isClean ? exitCodes.done : exitCodes.failed,
  };
}

interface PlanRow {
  application: string;
  name: string;
  action: string;
  bytes: number | null;
  reasons: string[];
}

/** What a push would do. */
export function planResult({ destination, actions, removals, ignored, failures }: PushPlan): CommandResult {
  const rows: PlanRow[] = [
    ...actions.map((action) => {
      const { application, name, reason } = action;
      return { application, name, action: actionName(action), bytes: bytesOf(action), reasons: [reason] };
    }),
    ...removals.map(({ archive: { application, name, bytes }, action, reasons }) => {
      return { application, name, action: `${action} here`, bytes, reasons };
    }),
  ];
  const table = formatTable(
    [
      { title: "APPLICATION", value: (row) => row.application },
      { title: "ARCHIVE", value: (row) => row.name },
      { title: "ACTION", value: (row) => row.action },
      { title: "SIZE", value: (row) => (row.bytes === null ? "" : formatBytes(row.bytes)), align: "right" },
      { title: "REASONS", value: (row) => row.reasons.join(", ") },
    ],
    rows,
  );
  const isClean = failures.length === 0 && !actions.some(({ kind }) => kind === "refuse");
  return {
    text: rows.length === 0 ? "nothing to do\n" : table,
    json: { destination, actions: rows, ignored, failures },
    exitCode: isClean ? exitCodes.done : exitCodes.failed,
  };
}

function actionName(action: PushAction): string {
  return action.kind === "send" && action.resumeFrom > 0 ? "resume" : action.kind;
}

function bytesOf(action: PushAction): number | null {
  return "bytes" in action ? action.bytes : null;
}
