import type { KeyPath } from "./key-path.ts";
import { alternatives, childSchemas, isMapping, isSecret, type Schema } from "./shape.ts";

export interface FoundSecret {
  path: KeyPath;
  /** As it stands in the configuration, valid or not. */
  value: unknown;
}

/** Every value that the schema calls a secret. The value need not be valid as a whole. */
export function findSecrets(schema: Schema, root: unknown): FoundSecret[] {
  return visit([schema], root, []);
}

function visit(schemas: readonly Schema[], value: unknown, path: KeyPath): FoundSecret[] {
  if (value === undefined || value === null) return [];
  if (schemas.flatMap((schema) => alternatives(schema, value)).some(isSecret)) return [{ path, value }];
  if (Array.isArray(value))
    return value.flatMap((item, index) => visit(childSchemas(schemas, index, value), item, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => visit(childSchemas(schemas, key, value), item, [...path, key]));
}

/** A secret's text where it can be told without reading a file. */
export function plainText({ value }: FoundSecret, environment: NodeJS.ProcessEnv): string | undefined {
  if (isMapping(value)) return typeof value.env === "string" ? environment[value.env] : undefined;
  // A number or `true` where a password is meant is a mistake, and still not to be printed.
  return typeof value === "object" ? undefined : String(value);
}
