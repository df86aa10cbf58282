import type { KeyPath } from "./key-path.ts";
import { alternatives, childSchemas, definitionOf, isMapping, isSecret, type Schema } from "./shape.ts";

/** What masked secrets look like. */
const mask = "********";

/**
 * A configuration as it takes effect and as a user would write it: what is set, with defaults added for what is not, and
 * with plain secrets masked. References such as `{ file }` stay: they are no secrets.
 */
export function effectiveConfig(input: unknown, schema: Schema): unknown {
  return complete(input, [schema]);
}

function complete(value: unknown, schemas: readonly Schema[]): unknown {
  const present = value === undefined ? defaultOf(schemas) : value;
  const basics = schemas.flatMap((schema) => alternatives(schema, present));
  if (basics.some(isSecret)) return isMapping(present) || present === undefined ? present : mask;
  if (Array.isArray(present))
    return present.map((item, index) => complete(item, childSchemas(schemas, index, present)));
  if (!isMapping(present)) return present;
  const keys = [...new Set([...Object.keys(present), ...schemaKeys(basics)])];
  const entries = keys.map((key) => [key, complete(present[key], childSchemas(schemas, key, present))] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function schemaKeys(basics: readonly Schema[]): string[] {
  return basics.flatMap((schema) => {
    const definition = definitionOf(schema);
    return definition.type === "object" ? Object.keys(definition.shape) : [];
  });
}

function defaultOf(schemas: readonly Schema[]): unknown {
  return schemas.map(schemaDefault).find((value) => value !== undefined);
}

/** The value that a schema takes where none is given; undefined where it has no default. */
export function schemaDefault(schema: Schema): unknown {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "default":
    case "prefault":
      return definition.defaultValue;
    case "optional":
    case "nullable":
    case "readonly":
    case "catch":
    case "nonoptional":
      return schemaDefault(definition.innerType);
    case "pipe":
      return schemaDefault(definitionOf(definition.in).type === "transform" ? definition.out : definition.in);
    default:
      return undefined;
  }
}

/** The paths of all values inside a configuration that are no mappings or lists themselves, empty ones included. */
export function leafPaths(value: unknown, path: KeyPath = []): KeyPath[] {
  const entries = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isMapping(value)
      ? Object.entries(value)
      : [];
  return entries.length === 0 ? [path] : entries.flatMap(([key, item]) => leafPaths(item, [...path, key]));
}
