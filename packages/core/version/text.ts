import { decodeText, readContent } from "./file-content.ts";

/** The first line that is not blank; undefined where there is none. */
export function firstLine(text: string): string | undefined {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .find((line) => line !== "");
}

/** What a pattern finds first: its group `version`, else its first group, else all of it. `^` and `$` are those of lines. */
export function matchPattern(text: string, pattern: string): string | undefined {
  const match = new RegExp(pattern, "mu").exec(text.replaceAll("\r\n", "\n"));
  return match?.groups?.version ?? match?.[1] ?? match?.[0];
}

/** The first line of a text file, or what a pattern finds in it. */
export async function readTextVersion(path: string, pattern?: string): Promise<string | undefined> {
  const text = decodeText(await readContent(path));
  return pattern === undefined ? firstLine(text) : matchPattern(text, pattern);
}
