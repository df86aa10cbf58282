import { didYouMean } from "@catapullt/core/config/suggestion";
import { errorMessage } from "@catapullt/core/errors";
import { LiquidError, type Template, type Variable } from "liquidjs";
import { placeholders } from "../template.ts";
import { createEngine } from "./engine.ts";
import { sampleDocument } from "./sample.ts";
import type { TemplateTarget } from "./values.ts";

/** What is wrong with a template, with line and column, each on one line; none where nothing is. */
export function findTemplateProblems(source: string, target: TemplateTarget): string[] {
  const engine = createEngine(target, { isStrict: true });
  let parsed: Template[];
  try {
    parsed = engine.parse(source);
  } catch (error) {
    return [describeTemplateError(error)];
  }
  const problems = [...unknownVariables(engine.analyzeSync(parsed, { partials: false }).globals)];
  if (target === "html") problems.push(...unsafePlaces(source));
  if (problems.length > 0) return problems;
  try {
    engine.renderSync(parsed, { ...sampleDocument });
    return [];
  } catch (error) {
    return [describeTemplateError(error)];
  }
}

/**
 * An error of the engine for people: `line 3, column 7: undefined filter: sizes`. Whatever it throws is the template's
 * fault, and costs no message.
 */
export function describeTemplateError(error: unknown): string {
  if (!LiquidError.is(error)) return errorMessage(error);
  const message = (error.originalError?.message ?? error.message).replace(/, line:\d+, col:\d+$/, "");
  const [line, column] = error.token.getPosition();
  const advice = advices.find(({ pattern }) => pattern.test(message))?.advice;
  return `line ${line}, column ${column}: ${message}${advice === undefined ? "" : `; ${advice}`}`;
}

/** What to do about mistakes whose names do not say it. */
const advices: readonly { pattern: RegExp; advice: string }[] = [
  { pattern: /undefined filter: (?:raw|safe)$/, advice: "values are always escaped" },
  { pattern: /undefined filter: (?:upper|lower)$/, advice: "it is called upcase or downcase here" },
  { pattern: /undefined filter/, advice: "known are Liquid's own, and size, duration, moment, json" },
  {
    pattern: /tag "(?:include|render|layout|block|extends|import)" not found/,
    advice: "a template reads no other files",
  },
  { pattern: /tag "\w+" not found/, advice: "known are if, unless, case, for, assign, capture, comment and raw" },
  {
    pattern: /expected "\|" before filter/,
    advice: "figures are changed by filters, as in {{ bytes | divided_by: 1000 }}",
  },
];

function unknownVariables(globals: Record<string, readonly Variable[]>): string[] {
  return Object.values(globals)
    .flat()
    .flatMap((variable) => {
      const { row, col } = variable.location;
      const problem = findUnknown(variable.segments);
      return problem === undefined ? [] : [`line ${row}, column ${col}: ${problem}`];
    });
}

function findUnknown([root, ...rest]: Variable["segments"]): string | undefined {
  const name = String(root);
  const known = placeholders.find((placeholder) => placeholder === name);
  if (known === undefined) {
    return `{{${name}}} is no placeholder${didYouMean(name, placeholders)}; expected one of ${placeholders.join(", ")}`;
  }
  let value: unknown = sampleDocument[known];
  let path = name;
  for (const segment of rest) {
    const next = childOf(value, segment);
    if (next === undefined) return `{{${path}}} has no ${String(segment)}${describeKeys(value, segment)}`;
    value = next;
    path = `${path}.${String(segment)}`;
  }
  return undefined;
}

/** What stands below a value; undefined where nothing can. */
function childOf(value: unknown, segment: Variable["segments"][number]): unknown {
  if (segment === "size" && (Array.isArray(value) || typeof value === "string")) return 0;
  if (Array.isArray(value)) return isIndex(segment) ? value[0] : undefined;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, String(segment))) return undefined;
  return value[String(segment) as keyof typeof value];
}

function isIndex(segment: Variable["segments"][number]): boolean {
  return typeof segment !== "string" || segment === "first" || segment === "last";
}

function describeKeys(value: unknown, segment: unknown): string {
  if (Array.isArray(value)) return "; it is a list: use first, last, a number or {% for %}";
  if (typeof value !== "object" || value === null) return "";
  const keys = Object.keys(value);
  return `${didYouMean(String(segment), keys)}; expected one of ${keys.join(", ")}`;
}

/** Places in HTML where a value could do harm though it is escaped, with what to write instead. */
const unsafe: readonly { pattern: RegExp; problem: string }[] = [
  { pattern: /<script\b/i, problem: "mail programs run no <script>, and a value in one could do harm: leave it out" },
  { pattern: /<[^<>]*=\s*\{\{/, problem: "an attribute with a value needs quotes around it" },
  {
    pattern: /\b(?:href|src|action|srcset|background)\s*=\s*["']\s*\{\{/i,
    problem: "an address must not begin with a value: it could lead anywhere",
  },
  { pattern: /<[^<>]*\bon\w+\s*=/i, problem: "mail programs run no handlers such as onclick: leave it out" },
  { pattern: /<style\b[^>]*>(?:(?!<\/style)[\s\S])*\{\{/i, problem: "values in <style> are not escaped for it" },
];

function unsafePlaces(source: string): string[] {
  return unsafe.flatMap(({ pattern, problem }) => {
    const index = pattern.exec(source)?.index;
    if (index === undefined) return [];
    const lines = source.slice(0, index).split("\n");
    return [`line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}: ${problem}`];
  });
}
