import { readSecret } from "@catapullt/core/config/secret";
import { OperationError } from "@catapullt/core/errors";
import type { MaintenanceSettings } from "../../config/application-schema.ts";
import type { LocateRequest } from "../type.ts";
import type { RestServer } from "./rest-client.ts";

export interface MaintenanceAccountOptions {
  /** For messages: `Bitbucket`. */
  title: string;
  /** Where it answers if nothing is configured. */
  usualUrl: string;
  /** What `password` has to be, for messages: `password`, `API token`. */
  secret: string;
}

/** The agent's key for how an application is brought to rest. */
export function maintenanceKey(name: string): string {
  return `applications.${name}.maintenance`;
}

/** The application and its administrator as `maintenance` names them. Throws `config-invalid` where half of the account is missing. */
export async function readMaintenanceAccount(
  { name, host }: Pick<LocateRequest, "name" | "host">,
  { url, user, password }: MaintenanceSettings,
  { title, usualUrl, secret }: MaintenanceAccountOptions,
): Promise<RestServer> {
  const key = maintenanceKey(name);
  if (user === undefined || password === undefined) {
    const missing = user === undefined ? "user" : "password";
    throw new OperationError("config-invalid", `${key}.${missing} is missing`, {
      hint: `${title} is brought to rest by an administrator of its own: set \`${key}\` to user and ${secret}, or to \`{ enabled: false }\``,
    });
  }
  return {
    title,
    url: (url ?? usualUrl).replace(/\/+$/, ""),
    user,
    password: await readSecret(password, host.environment),
    key,
  };
}
