import { createHash } from "node:crypto";
import { programVersion } from "../../version.ts";
import type { ReportFacts } from "../facts.ts";
import { renderApplications } from "../sections/applications.ts";
import { renderFindings } from "../sections/findings.ts";
import { renderRetention } from "../sections/retention.ts";
import { renderSummary } from "../sections/summary.ts";
import { renderVault } from "../sections/vault.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";
import { count, minuteOf } from "./words.ts";

// Even if a text came through as markup, no browser would run or load anything of it.
const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** The whole page, as one file that loads nothing. Pure. */
export function renderPage(facts: ReportFacts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title(facts)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<div class="page">
${header(facts)}
<main>
${sections(facts)}
</main>
<footer>Made by archiver ${programVersion} from what the vault holds and what the last pulls saw. Times are UTC.</footer>
</div>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}

function header({ hostName, vault, part, now }: ReportFacts): Markup {
  return html`<header><h1>Backups${part === undefined ? undefined : html` of <bdi>${part}</bdi>`}</h1><p><bdi>${hostName}</bdi>:<bdi>${vault}</bdi>, as of <time datetime="${now.toISOString()}">${minuteOf(now)} UTC</time></p></header>`;
}

function sections(facts: ReportFacts): Markup[] {
  return [
    renderSummary(facts),
    renderFindings(facts),
    renderApplications(facts),
    renderVault(facts),
    renderRetention(facts),
  ].filter((section) => section !== undefined);
}

/** Tells in the browser's tab already whether all is well. */
function title({ healthy, findings, hostName }: ReportFacts): string {
  return `${healthy ? "✓ healthy" : `✕ ${count(findings.length, "finding")}`} - backups on ${hostName}`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
