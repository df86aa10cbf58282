import { stringify } from "yaml";
import { describeKeys, type KeyDescription } from "./describe.ts";
import { isMapping, type Schema } from "./shape.ts";

export interface ConfigDraft {
  /** What the file is, in whole sentences, a line an entry. */
  header: readonly string[];
  /** What takes effect. */
  values: Readonly<Record<string, unknown>>;
  /** What stands there as a comment, to be taken up by removing `# `; keys may be those of `values`, for what lies below them. */
  examples: Readonly<Record<string, unknown>>;
  /** More than the schema says, by key: `applications.confluence`. */
  notes?: Readonly<Record<string, string>>;
}

const width = 110;

/** YAML in which each key is explained by its description in the schema. Pure. */
export function renderCommentedYaml(draft: ConfigDraft, schema: Schema): string {
  const descriptions = describeKeys(schema);
  const body = renderMapping({ values: draft.values, examples: draft.examples, path: [], indent: "" });
  return `${[...draft.header.map((line) => `# ${line}`.trimEnd()), ...body].join("\n")}\n`;

  function renderMapping({ values, examples, path, indent }: Mapping): string[] {
    const keys = [...new Set([...Object.keys(values), ...Object.keys(examples)])];
    return keys.flatMap((key) => {
      const isExample = !Object.hasOwn(values, key);
      const value = isExample ? examples[key] : values[key];
      const keyPath = [...path, key];
      const lines = renderKey(key, { value, example: isExample ? undefined : examples[key], keyPath, indent });
      const note = draft.notes?.[keyPath.join(".")];
      const explanation = explain(keyPath, isMapping(values) ? values : {}, note).map((line) => `${indent}# ${line}`);
      const blank = path.length === 0 ? [""] : [];
      return [...blank, ...explanation, ...(isExample ? lines.map((line) => comment(line, indent)) : lines)];
    });
  }

  function renderKey(key: string, { value, example, keyPath, indent }: Entry): string[] {
    const name = `${indent}${stringify(key).trimEnd()}:`;
    // What a user has given a name to is explained key by key.
    const hasOwnName = findDescription(descriptions, keyPath, {}) === undefined;
    if (isMapping(value) && (hasOwnName || isMapping(example) || !isFlat(value))) {
      const below = { values: value, examples: isMapping(example) ? example : {}, path: keyPath };
      return [name, ...renderMapping({ ...below, indent: `${indent}  ` })];
    }
    const [first] = Array.isArray(value) ? value : [];
    if (!Array.isArray(value) || !isMapping(first)) return [`${name} ${inline(value)}`];
    const more = Array.isArray(example) && isMapping(example[0]) ? example[0] : {};
    return [
      name,
      ...value.flatMap((item: Record<string, unknown>) => {
        const below = { values: item, examples: more, path: [...keyPath, "[]"], indent: `${indent}    ` };
        const lines = renderMapping(below);
        const start = lines.findIndex((line) => !line.trimStart().startsWith("#"));
        return lines.map((line, index) => (index === start ? `${indent}  - ${line.trimStart()}` : line));
      }),
    ];
  }

  function explain(path: readonly string[], siblings: Record<string, unknown>, note: string | undefined): string[] {
    const found = findDescription(descriptions, path, siblings)?.description;
    return [found, note].filter((text) => text !== undefined).flatMap((text) => wrap(text));
  }
}

interface Mapping {
  values: Readonly<Record<string, unknown>>;
  examples: Readonly<Record<string, unknown>>;
  path: readonly string[];
  indent: string;
}

interface Entry {
  value: unknown;
  example: unknown;
  keyPath: readonly string[];
  indent: string;
}

// Where a mapping has several forms, the one that its other keys tell: `type: smtp`.
function findDescription(
  descriptions: readonly KeyDescription[],
  path: readonly string[],
  siblings: Record<string, unknown>,
): KeyDescription | undefined {
  const matching = descriptions.filter(({ key }) => fits(key.replaceAll("[]", ".[]").split("."), path));
  const told = Object.entries(siblings).map(([name, value]) => `${name}: ${String(value)}`);
  return matching.find(({ when }) => when !== undefined && told.includes(when)) ?? matching[0];
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === "<name>" || part === path[index]);
}

function isFlat(value: Record<string, unknown>): boolean {
  const items = Object.values(value);
  return items.length > 0 && items.length <= 2 && items.every((item) => !isMapping(item) && !Array.isArray(item));
}

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}

// Explanations within stay comments when somebody takes it up.
function comment(line: string, indent: string): string {
  return `${indent}# ${line.slice(indent.length)}`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
