import { escapeHtml } from "@catapullt/core/html";
import { escapeControls } from "@catapullt/core/printable";

/** HTML that is safe to put into a page: made by `html` only, so that no text gets there unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | readonly Markup[] | string | number | undefined;

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
  if (typeof part === "string") return escapeHtml(escapeControls(part.toWellFormed()));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}
