import { findJsonProblem } from "../config/json-syntax.ts";
import { decodeText, readContent } from "./file-content.ts";
import { unreadableVersion } from "./value.ts";

/** The text or number at a dotted path (`a.b.0.c`) of a JSON document; undefined where there is none. */
export function selectJson(value: unknown, path: string): string | undefined {
  let current = value;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return typeof current === "string" || typeof current === "number" ? String(current) : undefined;
}

/** Parses JSON; throws `version-unreadable` with the line of the first mistake. */
export function parseJson(content: string, { file }: { file: string }): unknown {
  const text = content.replace(/^\uFEFF/, "");
  const problem = findJsonProblem(text);
  if (problem === undefined) return JSON.parse(text);
  const line = text.slice(0, problem.offset).split("\n").length;
  throw unreadableVersion(`file ${file}`, `line ${line} is not JSON: ${problem.message}`);
}

export async function readJsonVersion(file: string, path: string): Promise<string | undefined> {
  return selectJson(parseJson(decodeText(await readContent(file)), { file }), path);
}
