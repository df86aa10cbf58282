import { blocks, drawColumn } from "@catapullt/core/chart";
import type { Bar, Content, Section } from "./content.ts";
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
export function renderBrief(content: Content, { limit, each = limit, cost }: BriefSpace): Brief {
  if (content.body !== undefined) return { body: keepStart(content.body, (text) => cost(text) <= each), log: "" };
  const { summary, sections } = content;
  const others = sections.filter(({ kind }) => kind !== "log");
  const body = [summary, ...others.map(renderBriefSection)].join("\n\n");
  const log = sections
    .filter(({ kind }) => kind === "log")
    .map(renderBody)
    .join("\n");
  const forLog = Math.min(each, Math.max(limit * logShare, limit - cost(body)));
  const keptLog = keepEnd(log, (text) => cost(text) <= forLog);
  const forBody = Math.min(each, limit - cost(keptLog));
  return { body: keepStart(body, (text) => cost(text) <= forBody), log: keptLog };
}

function renderBriefSection(section: Section): string {
  return section.kind === "chart" ? renderSparkline(section.title, section.bars) : renderSection(section).trimEnd();
}

/** A chart on one line: `Sizes of the last runs: ▅▆▆▇█ 1.23 GB`. */
function renderSparkline(title: string, bars: readonly Bar[]): string {
  const columns = bars.map(({ share }) => (share === undefined ? " " : drawColumn(share, blocks))).join("");
  return `${title}: ${columns.trim()} ${bars.at(-1)?.text ?? ""}`.trimEnd();
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
