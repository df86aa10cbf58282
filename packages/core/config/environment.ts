import { z } from "zod";
import { type KeyPath, keyPathId } from "./key-path.ts";
import { alternatives, childSchemas, childValue, definitionOf, isMapping, isSecret, type Schema } from "./shape.ts";
import { suggest } from "./suggestion.ts";
import { convertText } from "./text-value.ts";

export interface VariableProblem {
  variable: string;
  path: KeyPath;
  message: string;
}

export interface Overrides {
  value: unknown;
  /** Which variable a value (by `keyPathId`) came from. */
  variables: Map<string, string>;
  problems: VariableProblem[];
}

export interface OverrideSource {
  /** `BACKUP_AGENT`: variables whose names begin with it and two underscores are overrides. */
  prefix: string;
  environment: NodeJS.ProcessEnv;
}

const separator = "__";

/**
 * Puts the values of variables such as `BACKUP_AGENT__APPLICATIONS__WIKI__DATABASE__PORT` over those of the file. A segment
 * is a key of the schema in upper case with underscores, an index of a list, or the name of an entry: one that the file has
 * (with `_` for what a variable's name cannot hold), else the segment in lower case.
 */
export function applyEnvironment(root: unknown, schema: Schema, { prefix, environment }: OverrideSource): Overrides {
  const variables = new Map<string, string>();
  const problems: VariableProblem[] = [];
  let value = root;
  for (const variable of overrideNames(prefix, environment)) {
    const segments = variable.slice(prefix.length + separator.length).split(separator);
    const target = locate(segments, schema, value);
    if ("problem" in target) {
      problems.push({ variable, path: target.path, message: target.problem(prefix) });
      continue;
    }
    value = withValue(value, target, convertText(target.schemas, environment[variable] ?? ""));
    variables.set(keyPathId(target.path), variable);
  }
  return { value, variables, problems };
}

// Whole mappings and lists before what is inside them, and lists in the order of their indexes.
function overrideNames(prefix: string, environment: NodeJS.ProcessEnv): string[] {
  const names = Object.keys(environment).filter((name) => name.startsWith(prefix + separator));
  const depth = (name: string) => name.split(separator).length;
  return names.sort((a, b) => depth(a) - depth(b) || a.localeCompare(b, "en", { numeric: true }));
}

interface Target {
  path: KeyPath;
  schemas: Schema[];
  /** How many keys lead to a secret that is replaced as a whole: `{ file }` in place of a text. */
  secretDepth: number | undefined;
}

interface Lost {
  path: KeyPath;
  problem: (prefix: string) => string;
}

function locate(segments: readonly string[], schema: Schema, root: unknown): Target | Lost {
  const path: (string | number)[] = [];
  let schemas: Schema[] = [schema];
  let value = root;
  let secretDepth: number | undefined;
  for (const [index, segment] of segments.entries()) {
    const basics = schemas.flatMap((option) => alternatives(option, value));
    const isInSecret = basics.some(isSecret);
    if (isInSecret) secretDepth ??= index;
    const options = basics.flatMap(openSecret);
    const step = stepInto(options, segment, value);
    if ("problem" in step) {
      const known = segments.slice(0, index);
      return { path: [...path], problem: (prefix) => step.problem([prefix, ...known].join(separator)) };
    }
    path.push(step.key);
    schemas = isInSecret ? childSchemas(options, step.key) : childSchemas(schemas, step.key, value);
    value = childValue(value, step.key);
  }
  return { path, schemas, secretDepth };
}

// What a secret may be besides a text is a mapping with one key, which a variable may set.
function openSecret(schema: Schema): Schema[] {
  const definition = definitionOf(schema);
  if (!isSecret(schema)) return [schema];
  return definition.type === "union" ? definition.options.flatMap((option) => alternatives(option)) : [];
}

type Step = { key: string | number } | { problem: (parent: string) => string };

function stepInto(options: readonly Schema[], segment: string, value: unknown): Step {
  const names: string[] = [];
  for (const option of options) {
    const definition = definitionOf(option);
    if (definition.type !== "object") continue;
    const key = Object.keys(definition.shape).find((name) => variableSegment(name) === segment);
    if (key !== undefined) return { key };
    names.push(...Object.keys(definition.shape).map(variableSegment));
  }
  for (const option of options) {
    const definition = definitionOf(option);
    if (definition.type === "record" && segment !== "") return recordStep(definition.keyType, segment, value);
    if (definition.type === "array") return listStep(segment, value);
  }
  return {
    problem: (parent) => {
      const suggestion = suggest(segment, names);
      if (suggestion !== undefined) return `unknown key (did you mean ${parent}${separator}${suggestion}?)`;
      return names.length === 0 ? "unknown key: nothing lies below it" : "unknown key";
    },
  };
}

function recordStep(keyType: Schema, segment: string, value: unknown): Step {
  const existing = isMapping(value) ? Object.keys(value) : [];
  if (existing.includes(segment)) return { key: segment };
  const matching = existing.filter((name) => variableSegment(name) === segment.toUpperCase());
  const [only, another] = matching;
  if (another !== undefined) return { problem: () => `cannot tell which of ${matching.join(" and ")} is meant` };
  if (only !== undefined) return { key: only };
  const lower = segment.toLowerCase();
  const spellings = [lower, lower.replaceAll("_", "-")];
  return { key: spellings.find((name) => z.safeParse(keyType, name).success) ?? lower };
}

function listStep(segment: string, value: unknown): Step {
  const length = Array.isArray(value) ? value.length : 0;
  if (!/^\d{1,6}$/.test(segment)) return { problem: () => "expected the number of an entry, counted from 0" };
  if (Number(segment) <= length) return { key: Number(segment) };
  return { problem: () => `there are ${length} entries: the next one is number ${length}` };
}

/** `workDir` as part of a variable's name: `WORK_DIR`. */
export function variableSegment(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]/g, "_")
    .toUpperCase();
}

function withValue(root: unknown, { path, secretDepth }: Target, value: unknown, depth = 0): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const target = { path: rest, schemas: [], secretDepth };
  const kept = depth === secretDepth ? undefined : root;
  if (typeof key === "number") {
    const list = Array.isArray(kept) ? [...kept] : [];
    list[key] = withValue(list[key], target, value, depth + 1);
    return list;
  }
  return { ...(isMapping(kept) ? kept : {}), [key]: withValue(childValue(kept, key), target, value, depth + 1) };
}
