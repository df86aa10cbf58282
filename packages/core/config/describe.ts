import { z } from "zod";
import { schemaDefault } from "./effective.ts";
import { oneOf } from "./problem-text.ts";
import { acceptedKinds, alternatives, definitionOf, isSecret, type Schema } from "./shape.ts";

/** One key of a configuration, for the reference documentation. */
export interface KeyDescription {
  /** `applications.<name>.database.port`, `transports[].host` */
  key: string;
  /** Where a mapping has several forms, what tells this one: `type: smtp`. */
  when: string | undefined;
  type: string;
  /** As YAML in one line; undefined where there is none. */
  default: string | undefined;
  description: string | undefined;
}

/** Every key that a schema knows, mappings before what is inside them. */
export function describeKeys(schema: Schema): KeyDescription[] {
  return describeInside(schema, "", undefined);
}

function describeInside(schema: Schema, prefix: string, when: string | undefined): KeyDescription[] {
  return alternatives(schema).flatMap((basic) => {
    if (isSecret(basic)) return [];
    const definition = definitionOf(basic);
    if (definition.type === "array") return describeInside(definition.element, `${prefix}[]`, when);
    if (definition.type === "record") return describeInside(definition.valueType, `${prefix}.<name>`, when);
    if (definition.type !== "object") return [];
    const condition = conditionOf(definition) ?? when;
    return Object.entries(definition.shape).flatMap(([name, child]) => {
      const key = prefix === "" ? name : `${prefix}.${name}`;
      return [describeKey(child, key, condition), ...describeInside(child, key, condition)];
    });
  });
}

function conditionOf(definition: z.core.$ZodObjectDef): string | undefined {
  for (const [key, child] of Object.entries(definition.shape)) {
    const literal = definitionOf(child);
    if (literal.type === "literal") return `${key}: ${literal.values.join(" or ")}`;
  }
  return undefined;
}

function describeKey(schema: Schema, key: string, when: string | undefined): KeyDescription {
  const value = schemaDefault(schema);
  return {
    key,
    when,
    type: typeOf(schema),
    default: value === undefined ? undefined : JSON.stringify(value),
    description: descriptionOf(schema),
  };
}

function descriptionOf(schema: Schema): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  const definition = definitionOf(schema);
  if ("innerType" in definition) return descriptionOf(definition.innerType as Schema);
  return definition.type === "pipe" ? descriptionOf(definition.in) : undefined;
}

const typeNames: Record<string, string> = {
  string: "text",
  number: "number",
  boolean: "true or false",
  object: "mapping",
  array: "list",
};

function typeOf(schema: Schema): string {
  const names = alternatives(schema).flatMap((basic) => {
    if (isSecret(basic)) return ["secret"];
    const definition = definitionOf(basic);
    if (definition.type === "enum") return Object.values(definition.entries).map(String);
    if (definition.type === "literal") return definition.values.map(String);
    if (definition.type === "number" && "format" in definition) return ["whole number"];
    return [...acceptedKinds(basic)].map((kind) => typeNames[kind] ?? kind);
  });
  return oneOf([...new Set(names)]);
}
