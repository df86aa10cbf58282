import { blocks, drawBar } from "@catapullt/core/chart";
import type { Bar, Content, Fact, Section } from "./content.ts";

/** The plain text of a mail. */
export function renderText({ badge, headline, summary, sections }: Content): string {
  const head = `${badge}: ${headline}\n${summary}\n`;
  return [head, ...sections.map(renderSection)].join("\n");
}

/** One section with its title. */
export function renderSection(section: Section): string {
  return `${section.title}\n${"-".repeat(section.title.length)}\n${renderBody(section)}\n`;
}

/** A section without its title. */
export function renderBody(section: Section): string {
  switch (section.kind) {
    case "facts":
      return renderFacts(section.rows);
    case "list":
      return section.items.map((item) => `* ${indent(item, 2)}`).join("\n");
    case "problems":
      return section.problems
        .map(({ text, hint }) => (hint === undefined ? text : `${text}\n  What to do: ${indent(hint, 4)}`))
        .join("\n");
    case "chart":
      return renderChart(section.bars);
    case "log":
      return section.lines.map((line) => `| ${line}`.trimEnd()).join("\n");
  }
}

function renderFacts(rows: readonly Fact[]): string {
  const width = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label, value }) => `${label.padEnd(width)}  ${value}`).join("\n");
}

const longestBar = 36;

function renderChart(bars: readonly Bar[]): string {
  const width = Math.max(...bars.map(({ label }) => label.length));
  return bars
    .map(({ label, share = 0, text }) => {
      const bar = drawBar(share, longestBar, blocks);
      return `${label.padEnd(width)}  ${[bar, text].filter((part) => part !== "").join(" ")}`;
    })
    .join("\n");
}

function indent(text: string, columns: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(columns)}`);
}
