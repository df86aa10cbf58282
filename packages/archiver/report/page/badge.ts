import type { Severity } from "../severity.ts";
import { html, type Markup } from "./markup.ts";

const signs: Record<Severity, string> = { bad: "✕", warn: "!", none: "–", ok: "✓" };

/** A word with a colour and a sign: the colour alone tells nobody anything. */
export function badge(severity: Severity, word: string): Markup {
  return html`<span class="badge ${severity}"><span aria-hidden="true">${signs[severity]}</span> ${word}</span>`;
}
