import type { SizeChange } from "./change.ts";
import { warningsTitle } from "./content.ts";
import type { Message, MessageArchive } from "./message.ts";

/**
 * A message as the JSON document that programs get: the `webhook`, `command` and `file` transports. Fields are only
 * added; one that is removed or changes its meaning raises `schemaVersion`.
 */
export interface MessageDocument {
  schemaVersion: 1;
  /** The same when a message is sent again. */
  id: string;
  kind: Message["kind"];
  /** ISO 8601 in UTC: when the run ended. */
  time: string;
  job: string;
  host: string;
  state: Message["state"];
  recovery: boolean;
  subject: string;
  summary: string;
  /** `null` for a test, as are `startedAt` and `seconds`. */
  exitCode: number | null;
  startedAt: string | null;
  seconds: number | null;
  problems: { text: string; hint: string | null }[];
  /** The end of the output, line by line. */
  log: string[];
  warnings: string[];
  /** What became known only when it was sent, such as that it is late. */
  notes: readonly string[];
  /** Of all archives that the run made or fetched; `null` where it reported none. */
  bytes: number | null;
  archives: readonly MessageArchive[];
  /** Against the last run with a size; `null` where there is none. */
  change: SizeChange | null;
  /** How many runs in a row have this state, and since when; `null` where it is about no run. */
  streak: { runs: number; since: string } | null;
  /** All of it as a mail would say it. */
  text: string;
}

export function documentOf(message: Message): MessageDocument {
  const { id, kind, time, job, host, state, isRecovery, subject, text, run, content } = message;
  return {
    schemaVersion: 1,
    id,
    kind,
    time: time.toISOString(),
    job,
    host,
    state,
    recovery: isRecovery,
    subject,
    summary: content.summary,
    exitCode: run?.exitCode ?? null,
    startedAt: run?.startedAt.toISOString() ?? null,
    seconds: run === undefined ? null : Number((run.duration / 1000).toFixed(3)),
    problems: content.sections.flatMap((section) =>
      section.kind === "problems" ? section.problems.map(({ text, hint = null }) => ({ text, hint })) : [],
    ),
    warnings: content.sections.flatMap((section) =>
      section.kind === "list" && section.title === warningsTitle ? section.items : [],
    ),
    notes: message.notes ?? [],
    bytes: run?.figures.bytes ?? null,
    archives: run?.figures.archives ?? [],
    change: run?.figures.change ?? null,
    streak: run?.figures.streak ?? null,
    log: content.sections.flatMap((section) => (section.kind === "log" ? section.lines : [])),
    text,
  };
}
