import { escapeHtml } from "@catapullt/core/html";
import { escapeControls } from "@catapullt/core/printable";

/** HTML that is safe to put into a page: made by `html` only, so that no text gets there unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | readonly Markup[] | string | number | undefined;

// Which turn around the order of what follows them, also of other texts.
const directionControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A template whose texts are escaped, control characters made visible; nothing stands for undefined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => (index === 0 ? text : render(parts[index - 1]) + text)).join("") };
}

/** Text of the program itself, such as its style sheet. */
export function trusted(markup: string): Markup {
  return { markup };
}

function render(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string")
    return escapeHtml(escapeControls(part.toWellFormed()).replace(directionControls, showCode));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

function showCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
