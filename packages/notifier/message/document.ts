import type { Message } from "./message.ts";

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
    log: content.sections.flatMap((section) => (section.kind === "log" ? section.lines : [])),
    text,
  };
}
