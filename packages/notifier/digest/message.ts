import { randomUUID } from "node:crypto";
import { cleanLine, cleanText } from "../message/clean.ts";
import type { Content, Section } from "../message/content.ts";
import { countOf, formatMoment } from "../message/figures.ts";
import type { Message } from "../message/message.ts";
import { renderBodies } from "../message/render.ts";
import { formatSubject } from "../message/subject.ts";
import { type DigestEntry, describeCounts, isWrong, kindWords, sortEntries } from "./entry.ts";
import type { Period } from "./job-entry.ts";

/** All that a summary is made of. */
export interface Digest {
  host: string;
  period: Period;
  entries: readonly DigestEntry[];
}

const longestList = 200;

/** The message that `notify digest` sends. */
export function renderDigest({ host, period, entries }: Digest): Message {
  const state = stateOf(entries);
  const counts = describeCounts(entries);
  const headline = cleanLine(`${counts} on ${host}`);
  const content: Content = {
    badge: { success: "OK", warning: "WARNING", failure: "FAILED" }[state],
    tone: ({ success: "good", warning: "notice", failure: "bad" } as const)[state],
    headline,
    summary: summarize(entries, period),
    sections: sectionsOf(sortEntries(entries)),
  };
  return {
    id: randomUUID(),
    kind: "digest",
    time: period.until,
    job: "digest",
    host: cleanLine(host),
    state,
    isRecovery: false,
    run: undefined,
    subject: formatSubject(counts, `on ${host}`),
    ...renderBodies(content),
  };
}

/** The worst of all. */
function stateOf(entries: readonly DigestEntry[]): "success" | "warning" | "failure" {
  if (entries.some(isWrong)) return "failure";
  return entries.some(({ kind }) => kind === "warning") ? "warning" : "success";
}

function summarize(entries: readonly DigestEntry[], { since, until }: Period): string {
  const jobs = entries.filter(({ source }) => source === "job").length;
  const what = entries.length === 0 ? "nothing ran, and nothing is expected" : countOf(jobs, "job");
  return `${what}, from ${formatMoment(since)} to ${formatMoment(until)}`;
}

function sectionsOf(entries: readonly DigestEntry[]): Section[] {
  const wrong = entries.filter((entry) => isWrong(entry) && entry.reason !== undefined);
  const problems = wrong.slice(0, longestList).map(({ name, kind, reason = "" }) => {
    return { text: `${cleanLine(name)}: ${kindWords[kind]}: ${cleanText(reason)}`, hint: undefined };
  });
  const sections: (Section | undefined)[] = [
    problems.length === 0 ? undefined : { kind: "problems", title: "What is wrong", problems },
    listOf(
      "Jobs",
      entries.filter(({ source }) => source === "job"),
    ),
    listOf(
      "Backups in the vault",
      entries.filter(({ source }) => source === "archiver"),
    ),
  ];
  return sections.filter((section) => section !== undefined);
}

function listOf(title: string, entries: readonly DigestEntry[]): Section | undefined {
  if (entries.length === 0) return undefined;
  const rows = entries.slice(0, longestList).map(({ name, kind, details }) => {
    return {
      label: cleanLine(name),
      value: cleanLine([kindWords[kind], details].filter((part) => part !== "").join(": ")),
    };
  });
  const more = entries.length - rows.length;
  return { kind: "facts", title, rows: more > 0 ? [...rows, { label: "…", value: `${more} more` }] : rows };
}
