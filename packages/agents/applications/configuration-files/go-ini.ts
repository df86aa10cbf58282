/** Sections by name, the one before the first header as `""`; keys as they are spelled. */
export type IniDocument = ReadonlyMap<string, ReadonlyMap<string, string>>;

export class IniSyntaxError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`${message} in line ${line}`);
    this.name = "IniSyntaxError";
    this.line = line;
  }
}

const quotes = ['"""', "`"] as const;
const deepestSubstitution = 8;

/**
 * Parses the INI dialect of gopkg.in/ini.v1 with the options that Gitea and Forgejo set: `=` or `:` as delimiter,
 * `#` and `;` comments also behind a value, values in backquotes or three double quotes (which may span lines), one
 * pair of surrounding quotes removed, `%(KEY)s` substitution. A backslash at the end of a line is plain text. The last
 * of several values of a key counts.
 */
export function parseGoIni(text: string): IniDocument {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const sections = new Map<string, Map<string, string>>([["", new Map()]]);
  let section = sections.get("") as Map<string, string>;
  let index = 0;

  while (index < lines.length) {
    const lineNumber = index + 1;
    const line = (lines[index] ?? "").trim();
    index += 1;
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[")) {
      section = openSection(line, lineNumber);
      continue;
    }
    const { key, rest } = readKey(line, lineNumber);
    section.set(key, readValue(rest, lineNumber));
  }
  return new Map([...sections].map(([name, keys]) => [name, substituteAll(keys, sections.get("") ?? keys)]));

  function openSection(line: string, lineNumber: number): Map<string, string> {
    const end = line.lastIndexOf("]");
    if (end < 0) throw new IniSyntaxError("a section header without `]`", lineNumber);
    const name = line.slice(1, end).trim();
    const named = name === "DEFAULT" ? "" : name;
    const existing = sections.get(named) ?? new Map<string, string>();
    sections.set(named, existing);
    return existing;
  }

  function readValue(rest: string, lineNumber: number): string {
    const quote = quotes.find((candidate) => rest.startsWith(candidate));
    if (quote !== undefined) return readQuoted(rest.slice(quote.length), quote, lineNumber);
    const comment = rest.search(/[#;]/);
    return withoutSurroundingQuotes((comment < 0 ? rest : rest.slice(0, comment)).trim());
  }

  // What follows the closing quote on its line is ignored; without one on this line the value goes on.
  function readQuoted(first: string, quote: string, lineNumber: number): string {
    const end = first.lastIndexOf(quote);
    if (end >= 0) return first.slice(0, end);
    const parts = [first];
    while (index < lines.length) {
      const line = lines[index] ?? "";
      index += 1;
      const close = line.lastIndexOf(quote);
      if (close >= 0) return [...parts, line.slice(0, close)].join("\n");
      parts.push(line);
    }
    throw new IniSyntaxError(`a value whose ${quote} is never closed`, lineNumber);
  }
}

function readKey(line: string, lineNumber: number): { key: string; rest: string } {
  const quote = ['"""', '"', "`"].find((candidate) => line.startsWith(candidate)) ?? "";
  const close = quote === "" ? 0 : line.indexOf(quote, quote.length);
  if (close < 0) throw new IniSyntaxError("a key whose quote is never closed", lineNumber);
  const delimiter = line.slice(close).search(/[=:]/);
  if (delimiter < 0) throw new IniSyntaxError("a key without `=`", lineNumber);
  const key = quote === "" ? line.slice(0, delimiter).trim() : line.slice(quote.length, close);
  return { key, rest: line.slice(close + delimiter + 1).trim() };
}

function withoutSurroundingQuotes(value: string): string {
  const quote = value[0];
  if (quote !== "'" && quote !== '"') return value;
  return value.length >= 2 && value.indexOf(quote, 1) === value.length - 1 ? value.slice(1, -1) : value;
}

function substituteAll(keys: Map<string, string>, defaults: Map<string, string>): Map<string, string> {
  return new Map([...keys].map(([key, value]) => [key, substitute(value, [`s:${key}`])]));

  // `trail` holds where the references came through, so that a circle ends: the reference that closes it stays as it is.
  function substitute(value: string, trail: readonly string[]): string {
    return value.replace(/%\(([^)]+)\)s/g, (reference, name: string) => {
      const isOwn = keys.has(name) && !trail.includes(`s:${name}`);
      const step = isOwn ? `s:${name}` : `d:${name}`;
      const found = isOwn ? keys.get(name) : defaults.get(name);
      if (found === undefined || trail.includes(step) || trail.length > deepestSubstitution) return reference;
      return substitute(found, [...trail, step]);
    });
  }
}
