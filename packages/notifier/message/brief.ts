import type { Content } from "./content.ts";
import { renderBody, renderSection } from "./text.ts";

/** A message in few parts, for services that take short texts. */
export interface Brief {
  /** What happened besides the log, the most important first. Several lines. */
  body: string;
  /** The end of the command's output; empty where there is none. */
  log: string;
}

export interface BriefSpace {
  /** How much both texts may cost together. */
  limit: number;
  /** How much each of them may cost, where that is less. */
  each?: number;
  /** What a text costs, such as its length once it is escaped. Never less for a longer text. */
  cost: (text: string) => number;
}

/** Least part of the space that the log gets where it needs as much. */
const logShare = 0.4;
const ellipsis = "…";

/** The message cut to a service's limit in its middle: it keeps what failed, and the end of the log. */
export function renderBrief({ summary, sections }: Content, { limit, each = limit, cost }: BriefSpace): Brief {
  const others = sections.filter(({ kind }) => kind !== "log");
  const body = [summary, ...others.map((section) => renderSection(section).trimEnd())].join("\n\n");
  const log = sections
    .filter(({ kind }) => kind === "log")
    .map(renderBody)
    .join("\n");
  const forLog = Math.min(each, Math.max(limit * logShare, limit - cost(body)));
  const keptLog = keepEnd(log, (text) => cost(text) <= forLog);
  const forBody = Math.min(each, limit - cost(keptLog));
  return { body: keepStart(body, (text) => cost(text) <= forBody), log: keptLog };
}

/** As much of a text's start as fits, with a mark where something is missing; empty where nothing fits. */
export function keepStart(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const cut = (length: number) => `${text.slice(0, length).toWellFormed().trimEnd()}${ellipsis}`;
  const length = largest(text.length, (candidate) => fits(cut(candidate)));
  return length === 0 ? "" : cut(length);
}

/** As much of a text's end as fits, from the start of a line where one begins within it. */
export function keepEnd(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const cut = (length: number) => `${ellipsis}${text.slice(text.length - length).toWellFormed()}`;
  const length = largest(text.length, (candidate) => fits(cut(candidate)));
  if (length === 0) return "";
  const kept = text.slice(text.length - length).toWellFormed();
  const lineEnd = kept.indexOf("\n");
  return lineEnd < 0 || lineEnd === kept.length - 1 ? cut(length) : `${ellipsis}\n${kept.slice(lineEnd + 1)}`;
}

/** The largest number up to `limit` that fits, where all smaller ones fit too; 0 where none does. */
function largest(limit: number, fits: (candidate: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
