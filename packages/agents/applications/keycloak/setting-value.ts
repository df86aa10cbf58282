import { OperationError } from "@catapullt/core/errors";
import { passwordRemedy } from "../database/password-remedy.ts";

export interface SettingValue {
  text: string;
  /** For people: `/opt/keycloak/conf/keycloak.conf`. */
  source: string;
  /** Names that it refers to and that are not known here. */
  unknown: readonly string[];
}

/** Puts values in for `${NAME}` and `${NAME:default}`. */
export function expandValue(
  { text, source }: { text: string; source: string },
  lookUp: (name: string) => string | undefined,
): SettingValue {
  const unknown: string[] = [];
  const expanded = text.replace(/\$\{([^}:]+)(?::([^}]*))?\}/g, (placeholder, name: string, preset?: string) => {
    const value = lookUp(name) ?? preset;
    if (value === undefined) unknown.push(name);
    return value ?? placeholder;
  });
  return { text: expanded, source, unknown };
}

/** What a setting says; throws `application-unreadable` where it refers to what is not known. `key` is the agent's for the database. */
export function requireKnown(option: string, value: SettingValue | undefined, key: string): string | undefined {
  const problem = describeUnknown(option, value);
  if (problem === undefined) return value?.text;
  throw new OperationError("application-unreadable", problem, { hint: databaseHint(key) });
}

/** The same for a password; throws `password-unavailable`. */
export function requireKnownPassword(option: string, value: SettingValue, key: string): string {
  const problem = describeUnknown(option, value);
  if (problem === undefined) return value.text;
  throw new OperationError("password-unavailable", problem, { hint: passwordRemedy(`${key}.password`) });
}

export function databaseHint(key: string): string {
  return `set \`${key}\` in the agent's configuration: engine, host, name, user and password`;
}

function describeUnknown(option: string, value: SettingValue | undefined): string | undefined {
  if (value === undefined || value.unknown.length === 0) return undefined;
  return `${option} (${value.source}) refers to ${value.unknown.join(", ")}, whose value is not known here`;
}
