import { z } from "zod";
import { didYouMean } from "./suggestion.ts";

const longestQuote = 60;

/** A value as messages quote it: scalars as they are, everything else by its kind. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : String(value);
}

function quote(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
  array: "a list",
  tuple: "a list",
  null: "nothing",
};

/** One of zod's issues before it has a message. */
export interface RawIssue {
  readonly code: string;
  readonly input?: unknown;
  /** The schema that raised it. */
  readonly inst?: unknown;
  readonly [detail: string]: unknown;
}

/** Stands for a union's message where its schema has none of its own: the options' messages are then told. */
export const unionMessage = "expected another kind of value";

/** Words for one of zod's issues: what was expected and what was found. */
export function describeIssue(raw: RawIssue): string {
  if (raw.code === "invalid_union" && raw.discriminator === undefined) return unionMessage;
  const issue = raw.code === "invalid_union" ? discriminatorIssue(raw) : raw;
  const expected = describeExpectation(issue);
  if (issue.input === undefined) return `missing; expected ${expected}`;
  return `expected ${expected}, got ${describeFound(issue)}`;
}

// No option of a union is like what its discriminator says: that one value is wrong.
function discriminatorIssue({ input, discriminator, options }: RawIssue): RawIssue {
  const value = (input as Record<string, unknown>)[String(discriminator)];
  const values = Array.isArray(options) ? options.filter((option) => option !== undefined) : [];
  return { code: "invalid_value", input: value, values };
}

function describeExpectation(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return isWholeNumber(issue.inst) ? "a whole number" : (kinds[String(issue.expected)] ?? String(issue.expected));
    case "invalid_value":
      return oneOf(issue.values);
    case "too_small":
      return describeBound(issue, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return describeBound(issue, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_format":
      return issue.format === "regex" ? `a text like ${issue.pattern}` : `a text with the format ${issue.format}`;
    default:
      return "another value";
  }
}

function isWholeNumber(schema: unknown): boolean {
  return schema instanceof z.core.$ZodNumberFormat && schema._zod.def.format === "safeint";
}

function describeFound(issue: RawIssue): string {
  const wanted = String(issue.expected);
  const structureWanted = issue.code === "invalid_type" && ["object", "record", "array", "tuple"].includes(wanted);
  // Text in place of a mapping is often a line without a blank after its colon: never quoted, it may be a password.
  if (structureWanted && typeof issue.input === "string")
    return "a text (is there a blank after each colon, and the right indentation?)";
  const candidates = issue.code === "invalid_value" && Array.isArray(issue.values) ? issue.values.map(String) : [];
  if (Array.isArray(issue.input) && issue.origin === "array") return String(issue.input.length);
  const found = describeValue(issue.input);
  return typeof issue.input === "string" ? `${found}${didYouMean(issue.input, candidates)}` : found;
}

function describeBound(issue: RawIssue, comparison: string, bound: unknown): string {
  if (issue.origin === "string") return `${comparison} ${bound} characters`;
  if (issue.origin === "array") return `a list with ${comparison} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  return `${comparison} ${bound}`;
}

/** `smtp, slack or webhook` */
export function oneOf(values: unknown): string {
  const names = Array.isArray(values) ? values.map((value) => String(value)) : [];
  const last = names.pop();
  return names.length === 0 ? String(last) : `${names.join(", ")} or ${last}`;
}
