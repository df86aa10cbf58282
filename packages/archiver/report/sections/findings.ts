import { type Finding, subjectOf } from "../../health/finding.ts";
import type { ReportFacts } from "../facts.ts";
import { badge } from "../page/badge.ts";
import { html, type Markup } from "../page/markup.ts";
import { severityOf } from "../severity.ts";

const shownAtOnce = 12;

/** What is wrong, the worst first, and what is worth a look. */
export function renderFindings({ findings, notes }: ReportFacts): Markup | undefined {
  if (findings.length + notes.length === 0) return undefined;
  return html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2>${
    findings.length === 0 ? html`<p class="quiet">None. Worth a look:</p>` : foldAway(findings.map(finding), "findings")
  }${notes.length === 0 ? undefined : foldAway(notes.map(note), "notes")}</section>`;
}

function foldAway(items: readonly Markup[], what: string): Markup {
  const rest = items.slice(shownAtOnce);
  return html`<ul class="findings">${items.slice(0, shownAtOnce)}</ul>${
    rest.length === 0
      ? undefined
      : html`<details class="more"><summary>${rest.length} more ${what}</summary><ul class="findings">${rest}</ul></details>`
  }`;
}

function finding(one: Finding): Markup {
  return html`<li>${badge(severityOf(one.kind), one.kind)}<p><bdi class="subject">${subjectOf(one)}</bdi> <bdi>${one.message}</bdi></p></li>`;
}

function note(text: string): Markup {
  return html`<li>${badge("none", "note")}<p><bdi>${text}</bdi></p></li>`;
}
