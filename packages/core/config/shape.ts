import { z } from "zod";
import { secretSchemas } from "./schema.ts";

/** Any zod schema, as this module takes them apart. */
export type Schema = z.core.$ZodType;

export function isSecret(schema: Schema): boolean {
  return secretSchemas.get(schema) !== undefined;
}

export function definitionOf(schema: Schema): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/**
 * The basic schemas that stand behind a schema: without optional, default, pipe and the like, and each option of a union.
 * A value that tells by its discriminator which option it is leaves only that one. Secrets are not taken apart.
 */
export function alternatives(schema: Schema, value?: unknown): Schema[] {
  if (isSecret(schema)) return [schema];
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "optional":
    case "nullable":
    case "nonoptional":
    case "default":
    case "prefault":
    case "readonly":
    case "catch":
      return alternatives(definition.innerType, value);
    case "lazy":
      return alternatives(definition.getter(), value);
    case "pipe":
      return alternatives(definitionOf(definition.in).type === "transform" ? definition.out : definition.in, value);
    case "intersection":
      return [...alternatives(definition.left, value), ...alternatives(definition.right, value)];
    case "union":
      return chosenOptions(definition, value).flatMap((option) => alternatives(option, value));
    default:
      return [schema];
  }
}

function chosenOptions(definition: z.core.$ZodUnionDef, value: unknown): readonly Schema[] {
  const discriminator = "discriminator" in definition ? String(definition.discriminator) : undefined;
  if (discriminator === undefined || !isMapping(value)) return definition.options;
  const chosen = definition.options.filter((option) =>
    childSchemas([option], discriminator).some((schema) => z.safeParse(schema, value[discriminator]).success),
  );
  return chosen.length === 0 ? definition.options : chosen;
}

/** The schemas that a key or index of a value with one of these schemas has; none where the key is not known. */
export function childSchemas(schemas: readonly Schema[], key: string | number, value?: unknown): Schema[] {
  return schemas
    .flatMap((schema) => alternatives(schema, value))
    .flatMap((schema) => {
      const definition = definitionOf(schema);
      if (isSecret(schema)) return [];
      if (definition.type === "object")
        return Object.hasOwn(definition.shape, key) ? [definition.shape[key] as Schema] : [];
      if (definition.type === "record") return [definition.valueType];
      return definition.type === "array" ? [definition.element] : [];
    });
}

/** The keys that a value with one of these schemas may have; records take any. */
export function knownKeys(schemas: readonly Schema[], value?: unknown): string[] {
  const keys = schemas
    .flatMap((schema) => alternatives(schema, value))
    .flatMap((schema) => {
      const definition = definitionOf(schema);
      return definition.type === "object" ? Object.keys(definition.shape) : [];
    });
  return [...new Set(keys)];
}

/** The schemas at a path of a value; none where the path leads nowhere. */
export function schemasAt(schema: Schema, path: readonly (string | number)[], root?: unknown): Schema[] {
  let schemas: Schema[] = [schema];
  let value = root;
  for (const key of path) {
    schemas = childSchemas(schemas, key, value);
    value = childValue(value, key);
  }
  return schemas;
}

export function childValue(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The kinds of values (as `typeof`, and `array`) that a schema takes. */
export function acceptedKinds(schema: Schema): Set<string> {
  return new Set(alternatives(schema).flatMap(kindsOf));
}

function kindsOf(schema: Schema): string[] {
  if (isSecret(schema)) return ["string"];
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "enum":
      return Object.values(definition.entries).map((value) => typeof value);
    case "literal":
      return definition.values.map((value) => (value === null ? "null" : typeof value));
    case "template_literal":
      return ["string"];
    case "record":
      return ["object"];
    case "tuple":
      return ["array"];
    case "any":
    case "unknown":
      return ["string", "number", "boolean", "object", "array"];
    default:
      return [definition.type];
  }
}

/** Throws unless every mapping in a schema refuses unknown keys: a key that is ignored is a setting that is lost. */
export function assertStrict(schema: Schema, where = "configuration"): void {
  for (const basic of alternatives(schema)) {
    if (isSecret(basic)) continue;
    const definition = definitionOf(basic);
    if (definition.type === "array") assertStrict(definition.element, `${where}[]`);
    if (definition.type === "record") assertStrict(definition.valueType, `${where}.*`);
    if (definition.type !== "object") continue;
    if (definition.catchall === undefined) throw new Error(`the schema of ${where} must be a z.strictObject`);
    for (const [key, child] of Object.entries(definition.shape)) assertStrict(child, `${where}.${key}`);
  }
}
