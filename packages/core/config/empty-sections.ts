import { acceptedKinds, childSchemas, isMapping, type Schema } from "./shape.ts";

/** A key with nothing after it, as `hooks:`, is an empty mapping or list where only those make sense. */
export function fillEmptySections(root: unknown, schema: Schema): unknown {
  return fill(root, [schema]);
}

function fill(value: unknown, schemas: readonly Schema[]): unknown {
  if (value === null) return emptySection(schemas);
  if (Array.isArray(value)) return value.map((item, index) => fill(item, childSchemas(schemas, index, value)));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fill(item, childSchemas(schemas, key, value))]),
  );
}

function emptySection(schemas: readonly Schema[]): unknown {
  const kinds = new Set(schemas.flatMap((schema) => [...acceptedKinds(schema)]));
  const [kind] = kinds;
  if (kinds.size !== 1) return null;
  if (kind === "object") return {};
  return kind === "array" ? [] : null;
}
