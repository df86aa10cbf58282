import { readFile } from "node:fs/promises";
import { hasErrorCode } from "../errors.ts";
import { type RunReport, reportSchema } from "./schema.ts";

/** The report in a file; undefined where there is none, or none that this version understands. */
export async function readReport(path: string): Promise<RunReport | undefined> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || error instanceof SyntaxError || isSchemaError(error)) return undefined;
    throw error;
  }
}

function isSchemaError(error: unknown): boolean {
  return error instanceof Error && error.name === "ZodError";
}
