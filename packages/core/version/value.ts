import { OperationError } from "../errors.ts";

const longestVersion = 200;

/** A version and where it was found, in words: `file /srv/intranet/package.json (version)`. */
export interface CapturedValue {
  source: string;
  value: string;
}

/**
 * A version as it goes into archives: trimmed, one line, at most 200 characters. Throws `version-unreadable`, naming
 * the source, for anything else.
 */
export function requireVersion(text: string | undefined, source: string): CapturedValue {
  const value = text?.trim() ?? "";
  const problem = describeProblem(value);
  if (problem === undefined) return { source, value };
  throw unreadableVersion(source, problem);
}

function describeProblem(value: string): string | undefined {
  if (value === "") return "nothing was found";
  if (value.length > longestVersion) return `found ${value.length} characters, more than a version has`;
  return /[\p{Cc}\u2028\u2029]/u.test(value)
    ? `found ${JSON.stringify(value)}, which is not one line of text`
    : undefined;
}

/** The error for a version that cannot be read from `source`. */
export function unreadableVersion(source: string, problem: string, cause?: unknown): OperationError {
  return new OperationError("version-unreadable", `the version cannot be read from ${source}: ${problem}`, {
    hint: "set `version` of this application to where its version stands, or to { value: TEXT }",
    cause,
  });
}
