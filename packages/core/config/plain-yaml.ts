import { parseDocument } from "yaml";
import { OperationError } from "../errors.ts";

/** Every scalar as the text that stands there, unquoted: no number loses its zeros, no `yes` becomes true. */
export type PlainYaml = string | null | PlainYaml[] | { [key: string]: PlainYaml };

/**
 * Parses the YAML of another program, aliases and `<<` merge keys resolved. Throws `application-unreadable` with file and line;
 * the text, which may hold passwords, is never quoted.
 */
export function parsePlainYaml(text: string, { file }: { file: string }): PlainYaml {
  const document = parseDocument(text.replace(/^\uFEFF/, ""), {
    schema: "failsafe",
    merge: true,
    stringKeys: true,
    prettyErrors: true,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    throw new OperationError(
      "application-unreadable",
      `${file} is not YAML${line === undefined ? "" : ` (line ${line})`}: ${error.code.toLowerCase().replaceAll("_", " ")}`,
      { hint: "correct the file; the application itself cannot read it like this either" },
    );
  }
  return document.toJS({ maxAliasCount: 100 }) as PlainYaml;
}

/** The mapping at a place; undefined where there is none. */
export function yamlMapping(value: PlainYaml | undefined): { [key: string]: PlainYaml } | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
