import { type KeyPath, keyPathId } from "./key-path.ts";
import { type Schema, schemasAt } from "./shape.ts";
import { convertText } from "./text-value.ts";

export interface PathProblem {
  path: KeyPath;
  message: string;
}

export interface Expansion {
  value: unknown;
  /** Values (by `keyPathId`) whose content comes from variables: the file itself does not hold it. */
  fromVariables: Set<string>;
  problems: PathProblem[];
}

interface ExpandedText {
  text: string;
  expanded: boolean;
  /** Whether a default in the file has content: the file then holds a value. */
  hasDefault: boolean;
}

/**
 * Expands `${NAME}` and `${NAME:-default}` in all texts of a value (the default counts where the variable is unset or
 * empty, as in a shell); `$${` stands for a literal `${`. Where the schema wants no text, the result is read as YAML.
 */
export function expandVariables(root: unknown, schema: Schema, environment: NodeJS.ProcessEnv): Expansion {
  const problems: PathProblem[] = [];
  const fromVariables = new Set<string>();
  const expand = (value: unknown, path: KeyPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => expand(item, [...path, index]));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]));
    if (typeof value !== "string" || !value.includes("${")) return value;
    const result = expandText(value, environment);
    if ("problem" in result) {
      problems.push({ path, message: result.problem });
      fromVariables.add(keyPathId(path));
      return value;
    }
    if (!result.expanded) return result.text;
    if (!result.hasDefault) fromVariables.add(keyPathId(path));
    return convertText(schemasAt(schema, path, root), result.text);
  };
  return { value: expand(root, []), fromVariables, problems };
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{/g;

function expandText(text: string, environment: NodeJS.ProcessEnv): ExpandedText | { problem: string } {
  let problem: string | undefined;
  let expanded = false;
  let hasDefault = false;
  const result = text.replace(reference, (match, name?: string, fallback?: string) => {
    if (match === "$${") return "${";
    if (name === undefined) {
      problem ??= `expected \${NAME} or \${NAME:-default}, without braces in the default; a literal \${ is written $\${`;
      return match;
    }
    expanded = true;
    if (fallback) hasDefault = true;
    const value = environment[name];
    if (value || (value !== undefined && fallback === undefined)) return value;
    if (fallback === undefined)
      problem ??= `the environment variable ${name} is not set; \${${name}:-default} gives a default`;
    return fallback ?? "";
  });
  return problem === undefined ? { text: result, expanded, hasDefault } : { problem };
}
