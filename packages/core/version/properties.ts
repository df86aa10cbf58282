import { readContent } from "./file-content.ts";

/**
 * The keys and values of a Java .properties file, by the grammar of `java.util.Properties.load`: `=`, `:` or blanks
 * between key and value, `#` and `!` comments, a backslash at the end of a line joins the next one, `\t \n \r \f \uXXXX`
 * are characters and any other escaped character is itself. The last of several equal keys counts.
 */
export function parseProperties(content: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(content.replace(/^\uFEFF/, ""))) {
    const [, key = "", value = ""] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? [];
    properties.set(decodeEscapes(key), decodeEscapes(value));
  }
  return properties;
}

function logicalLines(content: string): string[] {
  const lines: string[] = [];
  let joined: string | undefined;
  for (const natural of content.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, "");
    if (joined === undefined && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue;
    const text: string = (joined ?? "") + line;
    const continues = (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    joined = continues ? text.slice(0, -1) : undefined;
    if (!continues) lines.push(text);
  }
  if (joined !== undefined) lines.push(joined);
  return lines;
}

const characters: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function decodeEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_match, code?: string, character = "") =>
    code === undefined ? (characters[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Reads such a file as Java does, in Latin-1. Throws `version-unreadable` where it cannot be read. */
export async function readProperties(file: string): Promise<Map<string, string>> {
  return parseProperties((await readContent(file)).toString("latin1"));
}
