import type { z } from "zod";
import type { ErrorCode } from "../error-codes.ts";
import { OperationError } from "../errors.ts";
import { formatKeyPath, type KeyPath } from "./key-path.ts";
import { unionMessage } from "./problem-text.ts";
import { knownKeys, type Schema, schemasAt } from "./shape.ts";
import type { Source } from "./sources.ts";
import { didYouMean } from "./suggestion.ts";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Undefined where neither a file nor a variable is to blame: a key that is missing everywhere. */
  source: Source | undefined;
  path: KeyPath;
  /** What was expected and what was found, without the value of any secret. */
  message: string;
  /** What to run about a file that others can read or write; set for such problems only. */
  unsafe?: string;
}

/** `/etc/backup-tools/agent.yaml:12:5: applications.confluence.timeout: expected …` */
export function formatProblem({ source, path, message }: ConfigProblem): string {
  return [source === undefined ? "" : formatSource(source), formatKeyPath(path), message]
    .filter((part) => part !== "")
    .join(": ");
}

/** `FILE:LINE:COLUMN`, or the variable's name. */
export function formatSource(source: Source): string {
  if (source.kind === "environment") return source.variable;
  return source.line === undefined ? source.file : `${source.file}:${source.line}:${source.column}`;
}

/** One error for all problems: those of the file by line, then those of the environment. */
export function problemsError(problems: readonly ConfigProblem[], hint: string): OperationError {
  const lines = [...new Set([...problems].sort(compareProblems).map(formatProblem))];
  const code: ErrorCode = problems.every(({ unsafe }) => unsafe !== undefined) ? "config-unsafe" : "config-invalid";
  const message =
    lines.length === 1 ? lines.join("") : [`the configuration has ${lines.length} problems:`, ...lines].join("\n");
  const remedies = [...new Set(problems.flatMap(({ unsafe }) => unsafe ?? []))];
  const hints = code === "config-unsafe" ? remedies : [...remedies, hint];
  return new OperationError(code, message, { hint: hints.join("\n") });
}

function compareProblems(a: ConfigProblem, b: ConfigProblem): number {
  return placeOf(a) - placeOf(b) || columnOf(a) - columnOf(b);
}

function placeOf({ source }: ConfigProblem): number {
  if (source === undefined) return -1;
  return source.kind === "file" ? (source.line ?? 0) : Number.MAX_SAFE_INTEGER;
}

function columnOf({ source }: ConfigProblem): number {
  return source?.kind === "file" ? (source.column ?? 0) : 0;
}

export interface IssueProblem {
  path: KeyPath;
  message: string;
}

/** zod's issues as problems with full paths: one for each unknown key, and those of the likeliest option of a union. */
export function flattenIssues(issues: readonly z.core.$ZodIssue[], schema: Schema, root: unknown): IssueProblem[] {
  return issues.flatMap((issue) => flattenIssue(issue, [], { schema, root }));
}

interface IssueContext {
  schema: Schema;
  root: unknown;
}

function flattenIssue(issue: z.core.$ZodIssue, parent: KeyPath, context: IssueContext): IssueProblem[] {
  const path = [...parent, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schemasAt(context.schema, path, context.root), valueAt(context.root, path));
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key${didYouMean(key, known)}` }));
  }
  if (issue.code === "invalid_key") return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === "invalid_union" && issue.message === unionMessage) {
    const options = issue.errors.filter((option) => !option.some(isAboutWholeValue));
    const likeliest = options.sort((a, b) => a.length - b.length)[0];
    if (likeliest !== undefined) return likeliest.flatMap((inner) => flattenIssue(inner, path, context));
    const messages = [...new Set(issue.errors.flatMap((option) => option.map((inner) => inner.message)))];
    return [{ path, message: combine(messages) }];
  }
  return [{ path, message: issue.message }];
}

function isAboutWholeValue(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && issue.code !== "unrecognized_keys";
}

// `expected a text, got 5` and `expected a list, got 5` are one problem.
function combine(messages: readonly string[]): string {
  const parts = messages.map((message) => /^expected (.*), got (.*)$/s.exec(message));
  const found = parts[0]?.[2];
  if (parts.some((part) => part === null || part[2] !== found)) return messages.join("; or ");
  return `expected ${parts.map((part) => part?.[1]).join(", or ")}, got ${found}`;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
  return value;
}
