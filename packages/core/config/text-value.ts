import { z } from "zod";
import { parseConfigText } from "./document.ts";
import { acceptedKinds, type Schema } from "./shape.ts";

/**
 * The value that a text from the environment stands for: the text itself, character by character, where one of the
 * schemas takes it; else what it says as YAML or JSON, where a schema takes a value of that kind.
 */
export function convertText(schemas: readonly Schema[], text: string): unknown {
  const kinds = new Set(schemas.flatMap((schema) => [...acceptedKinds(schema)]));
  if (kinds.size === 0) return text;
  if (kinds.has("string") && (kinds.size === 1 || schemas.some((schema) => z.safeParse(schema, text).success)))
    return text;
  const { value, faults } = parseConfigText(text, "yaml");
  const kind = Array.isArray(value) ? "array" : typeof value;
  return faults.length === 0 && text.trim() !== "" && value !== null && kinds.has(kind) ? value : text;
}
