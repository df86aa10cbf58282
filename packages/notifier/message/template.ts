import type { MessageDocument } from "./document.ts";

/** The fields of a message's document that a template can take by their names. */
export const placeholders = [
  "id",
  "kind",
  "time",
  "job",
  "host",
  "state",
  "recovery",
  "subject",
  "summary",
  "exitCode",
  "startedAt",
  "seconds",
  "bytes",
  "change",
  "streak",
  "archives",
  "warnings",
  "problems",
  "notes",
  "log",
  "text",
] as const satisfies readonly (keyof MessageDocument)[];
