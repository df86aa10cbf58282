import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { VerifyRun } from "./outcome.ts";

/** What a verification found, for people and for programs. */
export function verifyResult({ outcomes, failures, held, seconds }: VerifyRun): CommandResult {
  const isGood = failures.length === 0 && outcomes.every(({ failure }) => failure === undefined);
  const table =
    outcomes.length === 0
      ? ""
      : formatTable(
          [
            { title: "RESULT", value: (row) => row.result },
            { title: "HOST", value: (row) => row.host },
            { title: "APPLICATION", value: (row) => row.application },
            { title: "SIZE", value: (row) => formatBytes(row.bytes), align: "right" },
            { title: "TIME", value: (row) => formatDuration(row.seconds * 1000), align: "right" },
            { title: "ARCHIVE", value: (row) => row.name },
          ],
          outcomes,
        );
  return {
    text: `${table}${summary({ outcomes, failures, held, seconds })}\n`,
    json: outcomes.map(({ host, application, name, bytes, sha1, result, seconds, warning, failure, quarantine }) => ({
      host,
      application,
      name,
      bytes,
      sha1: sha1 ?? null,
      result,
      seconds: Number(seconds.toFixed(3)),
      quarantine: quarantine ?? null,
      message: failure?.message ?? warning ?? null,
      hint: failure?.hint ?? null,
    })),
    exitCode: isGood ? exitCodes.done : exitCodes.failed,
  };
}

function summary({ outcomes, failures, held, seconds }: VerifyRun): string {
  const count = (wanted: string) => outcomes.filter(({ result }) => result === wanted).length;
  const bytes = outcomes.reduce((sum, outcome) => sum + outcome.bytes, 0);
  const rate = formatBytes(bytes / Math.max(seconds, 0.001));
  const parts = [
    `${count("whole")} of ${held} archives whole`,
    ...["quarantined", "failed", "gone"].flatMap((result) => (count(result) === 0 ? [] : `${count(result)} ${result}`)),
    ...(failures.length === 0
      ? []
      : [`hosts that could not be read: ${failures.map(({ subject }) => subject).join(", ")}`]),
    `${formatBytes(bytes)} in ${formatDuration(seconds * 1000)} (${rate}/s)`,
  ];
  return outcomes.length === 0 && failures.length === 0 ? `nothing to verify among ${held} archives` : parts.join("; ");
}
