import { escapeHtml } from "@catapullt/core/html";

/** What a template makes: plain text, HTML, or JSON with values inside its texts. */
export type TemplateTarget = "text" | "html" | "json";

/** How a value stands in what a template makes: nothing in it means anything there. */
export const escapes: Record<TemplateTarget, (value: unknown) => string> = {
  text: toText,
  html: (value) => escapeHtml(toText(value)),
  // As it stands between the quotes of a JSON text. Figures and `null` stand as they are.
  json: (value) => (value === null ? "null" : JSON.stringify(toText(value)).slice(1, -1)),
};

/** A value as people read it: a list of texts as lines, other lists and objects as JSON. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
