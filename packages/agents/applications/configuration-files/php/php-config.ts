import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { DatabaseOverrides } from "../../../config/application-schema.ts";
import type { LocateRequest } from "../../type.ts";
import { readPhpEnvironment } from "./environment.ts";
import { type EvaluationOptions, evaluatePhp, type PhpEvaluation } from "./evaluate.ts";
import { PhpSyntaxError } from "./syntax.ts";
import { PhpUnknown, type PhpValue, toText } from "./value.ts";

export interface PhpConfig extends PhpEvaluation {
  path: string;
}

/** What a configuration file sets. Throws `application-unreadable` where it is no PHP. */
export async function readPhpConfig(
  { name, host }: Pick<LocateRequest, "name" | "host">,
  path: string,
  options: Omit<EvaluationOptions, "environment"> = {},
): Promise<PhpConfig> {
  try {
    return { path, ...(await evaluatePhp(host, path, { environment: await readPhpEnvironment(host), ...options })) };
  } catch (error) {
    if (!(error instanceof PhpSyntaxError)) throw error;
    throw new OperationError(
      "application-unreadable",
      `${path} cannot be understood: ${errorMessage(error)} in line ${error.line}`,
      {
        hint: `correct the file, or set \`applications.${name}.configFile\` to the right one; try it with \`php -l ${path}\``,
        cause: error,
      },
    );
  }
}

type Asking = Pick<LocateRequest, "name" | "settings">;

/** A setting of the configuration file, and the key of the agent's configuration that takes its place. */
export interface DatabaseSetting {
  /** As the application names it: `DB_NAME`, `$wgDBname`. */
  setting: string;
  key: keyof DatabaseOverrides;
  /** What may be written there, for the message: `db1.example.org`. */
  example?: string | undefined;
}

/**
 * A value of the database as text; undefined where the file does not set it, or the agent's configuration overrides it. Throws
 * `application-unreadable` where it depends on something that is not known.
 */
export function knownText(
  { name, settings }: Asking,
  value: PhpValue | undefined,
  { setting, key, example }: DatabaseSetting,
): string | undefined {
  if (isOverridden(key, settings.database)) return undefined;
  if (!(value instanceof PhpUnknown)) return value === undefined ? undefined : toText(value);
  const such = example === undefined ? "" : `, such as \`${example}\``;
  throw notKnown(value, setting, `set \`applications.${name}.database.${key}\` in the agent's configuration${such}`);
}

/** A path that the file sets, without a slash at its end; undefined where it does not. Throws as `knownText` does. */
export function knownPath({ name }: Asking, value: PhpValue | undefined, setting: string): string | undefined {
  if (!(value instanceof PhpUnknown)) return toText(value ?? null)?.replace(/(?<=.)\/+$/, "") || undefined;
  const copy = `\`applications.${name}.configFile\` to a copy of it in which it is`;
  throw notKnown(value, setting, `write it out in that file, or set ${copy}`);
}

function notKnown({ file, line, reason }: PhpUnknown, setting: string, hint: string): OperationError {
  const problem = `${setting} depends on ${reason}, which is not known without running the program`;
  return new OperationError("application-unreadable", `${file}, line ${line}: ${problem}`, { hint });
}

// What leads to the server elsewhere makes the host that the application uses meaningless.
function isOverridden(key: keyof DatabaseOverrides, given: DatabaseOverrides | undefined): boolean {
  if (given === undefined) return false;
  const equal = key === "host" ? (["host", "socket", "container"] as const) : [key];
  return equal.some((name) => given[name] !== undefined);
}
