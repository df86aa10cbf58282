import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControlsInLines } from "@catapullt/core/printable";
import { formatTable } from "@catapullt/core/table";
import { formatMoment } from "../message/figures.ts";
import type { Message } from "../message/message.ts";

/** A message that waited, and what became of it. */
export interface FlushedMessage extends Pick<Message, "id" | "job" | "kind" | "state" | "subject" | "time"> {
  transport: string;
  result: "sent" | "waiting" | "being sent" | "given-up" | "superseded";
  tries: number;
  /** Of the last try. */
  problem: string | undefined;
  hint: string | undefined;
}

const shownWords: Record<FlushedMessage["result"], string> = {
  sent: "sent",
  waiting: "still waiting",
  "being sent": "being sent",
  "given-up": "given up",
  superseded: "outdated",
};

/** What `notify flush` prints; 1 where something could not be sent. */
export function flushResult(messages: readonly FlushedMessage[], { isDryRun }: { isDryRun: boolean }): CommandResult {
  const isLeft = messages.some(({ result }) => result === "waiting" || result === "given-up");
  return {
    text: messages.length === 0 ? "nothing waits\n" : `${table(messages, isDryRun)}${problems(messages)}`,
    json: messages.map(({ time, problem = null, hint = null, ...message }) => ({
      ...message,
      time: time.toISOString(),
      problem,
      hint,
    })),
    exitCode: isLeft && !isDryRun ? exitCodes.failed : exitCodes.done,
  };
}

function table(messages: readonly FlushedMessage[], isDryRun: boolean): string {
  const result = ({ result }: FlushedMessage) => (isDryRun && result === "waiting" ? "waiting" : shownWords[result]);
  return formatTable(
    [
      { title: "JOB", value: ({ job }) => job },
      { title: "TIME", value: ({ time }) => formatMoment(time) },
      { title: "STATE", value: ({ state }) => state },
      { title: "TRANSPORT", value: ({ transport }) => transport },
      { title: "RESULT", value: result },
      { title: "TRIES", value: ({ tries }) => String(tries), align: "right" },
    ],
    messages,
  );
}

/** Why, once for each transport and problem. */
function problems(messages: readonly FlushedMessage[]): string {
  const lines = messages.flatMap(({ transport, problem, hint }) => {
    if (problem === undefined) return [];
    return [`${transport}: ${problem}${hint === undefined ? "" : `\n  ${hint.replaceAll("\n", "\n  ")}`}\n`];
  });
  const distinct = [...new Set(lines)].map(escapeControlsInLines);
  return distinct.length === 0 ? "" : `\n${distinct.join("")}`;
}
