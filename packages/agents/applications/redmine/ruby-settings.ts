import { type PlainYaml, parsePlainYaml, yamlMapping } from "@catapullt/core/config/plain-yaml";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";

export interface RubySettingsOptions {
  /** A variable as the application has it; undefined where that is not known. */
  variable: (name: string) => string | undefined;
}

/** The settings of one environment, such as `production`. */
export interface RubySettings {
  path: string;
  /** The value as text; undefined where there is none. Throws `application-unreadable` where it is Ruby that is not understood. */
  value(key: string): string | undefined;
}

// Stands in the text for what Ruby would put there; a reader of that very value is told.
const opening = "\uE000";
const closing = "\uE001";

/**
 * Reads a YAML file that Rails reads through ERB. Of Ruby it knows what such files have: `ENV["X"]`, `ENV.fetch("X")` with a
 * default, `File.read("/path")`. Sections are merged in their order, the last one is the strongest. Throws
 * `application-unreadable`.
 */
export async function readRubySettings(
  host: Host,
  path: string,
  { sections, variable }: RubySettingsOptions & { sections: readonly string[] },
): Promise<RubySettings> {
  const text = await expandErb(host, path, { variable });
  const document = yamlMapping(parsePlainYaml(text, { file: path }));
  const merged = Object.assign({}, ...sections.map((section) => yamlMapping(document?.[section]) ?? {}));
  const settings = yamlMapping(merged.primary as PlainYaml) ?? merged;
  return {
    path,
    value(key) {
      const value: unknown = settings[key];
      if (typeof value !== "string" || value === "" || value === "~") return undefined;
      const ruby = new RegExp(`${opening}([^${closing}]*)${closing}`).exec(value)?.[1];
      if (ruby === undefined) return value;
      throw new OperationError(
        "application-unreadable",
        `\`${key}\` in ${path} is Ruby whose value is not known here: <%= ${maskTexts(ruby)} %>`,
        {
          hint: `${key === "password" ? "set `database.password`" : "set all of `database` (engine, host, name, user and password)"} in the agent's configuration, or the variable in the application's unit`,
        },
      );
    },
  };
}

async function expandErb(host: Host, path: string, options: RubySettingsOptions): Promise<string> {
  const lines = ((await host.readText(path)) ?? "").split("\n").map((line) => (/^\s*#/.test(line) ? "" : line));
  const text = lines.join("\n");
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(/<%([=#-]?)(.*?)-?%>/gs)) {
    const [whole, mark = "", code = ""] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (mark === "#") continue;
    if (mark !== "=") throw rubyThatDecides(path, text.slice(0, match.index), whole);
    parts.push((await evaluate(host, code.trim(), options)) ?? `${opening}${code.trim()}${closing}`);
  }
  return [...parts, text.slice(end)].join("");
}

function rubyThatDecides(path: string, before: string, code: string): OperationError {
  const line = before.split("\n").length;
  return new OperationError(
    "application-unreadable",
    `${path} has Ruby in line ${line} that is not understood: ${maskTexts(code)}`,
    {
      hint: "write the values there as they are or as <%= ENV['NAME'] %>, or set `database` in the agent's configuration",
    },
  );
}

// A text may be a password, unless it is the name of a variable.
function maskTexts(code: string): string {
  return code.replace(/(ENV\[\s*|ENV\.fetch\(?\s*)?("[^"]*"|'[^']*')/g, (text, variable: string | undefined) =>
    variable === undefined ? "'…'" : text,
  );
}

const name = String.raw`["'](\w+)["']`;
const literal = String.raw`(?:"([^"#\\]*)"|'([^'\\]*)'|(\d+))`;
const forms = [
  new RegExp(String.raw`^ENV\[\s*${name}\s*\](?:\s*\|\|\s*${literal})?$`),
  new RegExp(String.raw`^ENV\.fetch\(?\s*${name}\s*(?:,\s*${literal}\s*)?\)?$`),
  new RegExp(String.raw`^ENV\.fetch\(?\s*${name}\s*\)?\s*\{\s*${literal}\s*\}$`),
];

async function evaluate(host: Host, code: string, { variable }: RubySettingsOptions): Promise<string | undefined> {
  const [, file] = /^(?:File|IO)\.read\(?\s*["'](\/[^"'#]+)["']\s*\)?(?:\.(?:strip|chomp|rstrip))?$/.exec(code) ?? [];
  if (file !== undefined) return (await host.readText(file))?.trim();
  for (const form of forms) {
    const [match, variableName = "", double, single, number] = form.exec(code) ?? [];
    if (match !== undefined) return variable(variableName) ?? double ?? single ?? number;
  }
  return undefined;
}
