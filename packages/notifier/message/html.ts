import { escapeHtml } from "@catapullt/core/html";
import type { Bar, Content, Section } from "./content.ts";

// No background and no colour of its own for common text: mail clients set both, light or dark, and these follow.
const fonts = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const monospace = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const styles = {
  page: `margin:0;padding:16px;${fonts};font-size:15px;line-height:1.45`,
  frame: "max-width:680px;margin:0 auto",
  head: "margin:0 0 4px;font-size:20px;line-height:1.3;font-weight:600;overflow-wrap:anywhere",
  badge: "display:inline-block;padding:2px 10px;margin-right:6px;border-radius:4px;color:#ffffff;font-size:15px",
  summary: "margin:0 0 16px;overflow-wrap:anywhere",
  title: "margin:20px 0 6px;font-size:13px;font-weight:600;letter-spacing:0.04em;text-transform:uppercase;opacity:0.75",
  table: "border-collapse:collapse;table-layout:fixed;width:100%",
  label:
    "padding:4px 12px 4px 0;vertical-align:top;overflow-wrap:anywhere;opacity:0.75;border-top:1px solid rgba(128,128,128,0.3)",
  value: "padding:4px 0;vertical-align:top;overflow-wrap:anywhere;border-top:1px solid rgba(128,128,128,0.3)",
  list: "margin:0;padding-left:20px",
  item: "margin:0 0 4px;overflow-wrap:anywhere;white-space:pre-wrap",
  problem:
    "margin:0 0 8px;padding:8px 12px;border-left:4px solid #d1242f;background:rgba(209,36,47,0.1);overflow-wrap:anywhere;white-space:pre-wrap",
  log: `margin:0;padding:10px 12px;border-radius:4px;background:rgba(128,128,128,0.14);${monospace};font-size:12.5px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere`,
  chart: "border-collapse:collapse;width:100%;font-size:13px;line-height:1.2",
  chartLabel: "padding:3px 10px 3px 0;white-space:nowrap;opacity:0.75",
  chartBar: "padding:3px 0;width:99%",
  chartText: "padding:3px 0 3px 10px;white-space:nowrap;text-align:right",
  chip: "padding:1px 6px;border-radius:3px;color:#ffffff",
  filled: "border-collapse:collapse;width:100%",
  block: "height:12px;padding:0;border-radius:2px;font-size:1px;line-height:12px",
} as const;

/** Characters that fit beside a value on a phone. */
const shortLabel = 13;

// Each is readable below white letters.
const toneColours = { good: "#1a7f37", notice: "#9a6700", bad: "#cf222e" } as const;

/** The HTML of a mail: one column, inline styles only, nothing loaded from elsewhere. */
export function renderHtml({ badge, tone, headline, summary, sections }: Content): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(headline)}</title>
</head>
<body style="${styles.page}">
<div style="${styles.frame}">
<h1 style="${styles.head}"><span style="${styles.badge};background:${toneColours[tone]}">${escapeHtml(badge)}</span> ${escapeHtml(headline)}</h1>
<p style="${styles.summary}">${escapeHtml(summary)}</p>
${sections.map(renderSection).join("\n")}
</div>
</body>
</html>
`;
}

function renderSection(section: Section): string {
  return `<h2 style="${styles.title}">${escapeHtml(section.title)}</h2>\n${renderBody(section)}`;
}

function renderBody(section: Section): string {
  switch (section.kind) {
    case "facts": {
      const longest = Math.max(...section.rows.map(({ label }) => label.length));
      const width = longest <= shortLabel ? "112px" : "30%";
      const rows = section.rows.map(
        ({ label, value }) =>
          `<tr><td style="width:${width};${styles.label}">${escapeHtml(label)}</td><td style="${styles.value}">${escapeHtml(value)}</td></tr>`,
      );
      return `<table role="presentation" style="${styles.table}">\n${rows.join("\n")}\n</table>`;
    }
    case "list": {
      const items = section.items.map((item) => `<li style="${styles.item}">${escapeHtml(item)}</li>`);
      return `<ul style="${styles.list}">\n${items.join("\n")}\n</ul>`;
    }
    case "problems":
      return section.problems
        .map(({ text, hint }) => {
          const advice = hint === undefined ? "" : `\n<strong>What to do:</strong> ${escapeHtml(hint)}`;
          return `<div style="${styles.problem}">${escapeHtml(text)}${advice}</div>`;
        })
        .join("\n");
    case "chart":
      return renderChart(section.bars);
    case "log":
      return `<pre style="${styles.log}">${section.lines.map(escapeHtml).join("\n")}</pre>`;
  }
}

// Outlook draws no box that is sized by CSS, but the cells of a table with colours of their own.
function renderChart(bars: readonly Bar[]): string {
  const rows = bars.map(
    ({ label, share, text, tone }) =>
      `<tr><td style="${styles.chartLabel}">${escapeHtml(label)}</td><td style="${styles.chartBar}">${renderBar(share, tone)}</td>` +
      `<td style="${styles.chartText}">${tone === "bad" ? chip(text) : escapeHtml(text)}</td></tr>`,
  );
  return `<table role="presentation" style="${styles.chart}">\n${rows.join("\n")}\n</table>`;
}

function chip(text: string): string {
  return `<span style="${styles.chip};background:${toneColours.bad}">${escapeHtml(text)}</span>`;
}

function renderBar(share: number | undefined, tone: Content["tone"]): string {
  if (share === undefined) return "";
  const width = Math.round(share * 100);
  const filled = cell(Math.max(1, width), `;background:${toneColours[tone]}`);
  const rest = width >= 100 ? "" : cell(100 - Math.max(1, width), "");
  return `<table role="presentation" width="100%" style="${styles.filled}"><tr>${filled}${rest}</tr></table>`;
}

function cell(width: number, style: string): string {
  return `<td width="${width}%" style="${styles.block}${style}">&nbsp;</td>`;
}
