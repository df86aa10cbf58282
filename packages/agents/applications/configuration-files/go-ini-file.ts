import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import { type IniDocument, IniSyntaxError, parseGoIni } from "./go-ini.ts";

/** The INI file at a path; empty where there is none. Throws `application-unreadable` with the line that is broken. */
export async function readGoIni(host: Host, path: string): Promise<IniDocument> {
  try {
    return parseGoIni((await host.readText(path)) ?? "");
  } catch (error) {
    if (!(error instanceof IniSyntaxError)) throw error;
    throw new OperationError("application-unreadable", `${path} cannot be understood: ${error.message}`, {
      hint: "correct the file; the application itself cannot read it like this either",
      cause: error,
    });
  }
}
