import type { MessageDocument } from "./document.ts";

/** The fields of the message's document that a template can take. */
export const placeholders = [
  "id",
  "time",
  "job",
  "host",
  "state",
  "recovery",
  "subject",
  "summary",
  "exitCode",
  "startedAt",
  "seconds",
  "text",
  "log",
  "kind",
] as const satisfies readonly (keyof MessageDocument)[];

const pattern = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with a template; undefined where nothing is. */
export function findTemplateProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(pattern)].map(([, name = ""]) => name).find((name) => !isPlaceholder(name));
  if (unknown === undefined) return undefined;
  return `{{${unknown}}} is no placeholder; expected one of ${placeholders.join(", ")}`;
}

/**
 * The template with each `{{placeholder}}` replaced by its value as it stands between the quotes of a JSON string: escaped,
 * without quotes of its own. Figures stand as they are, and `null` where there is no value; the log's lines are one text.
 */
export function fillTemplate(template: string, document: MessageDocument): string {
  return template.replace(pattern, (_, name: string) => {
    const value = isPlaceholder(name) ? document[name] : null;
    const text = Array.isArray(value) ? value.join("\n") : String(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

function isPlaceholder(name: string): name is (typeof placeholders)[number] {
  return placeholders.some((placeholder) => placeholder === name);
}
