import type { Secret } from "@catapullt/core/config/secret";
import type { TransportSettings } from "./registry.ts";

/** Every secret that a transport's settings name, and where some stand in a mapping, such as headers, all of those. */
export function secretsOf(settings: TransportSettings): Secret[] {
  const {
    password,
    url,
    token,
    routingKey,
    secret,
    dkim,
    headers = {},
    ...rest
  } = settings as SecretKeys & TransportSettings;
  const user = rest.type === "pushover" ? rest.user : undefined;
  return [password, url, token, routingKey, secret, dkim?.privateKey, user, ...Object.values(headers)].filter(
    (item) => item !== undefined,
  );
}

/** The keys whose values are secrets, in whichever type they stand. */
interface SecretKeys {
  password?: Secret;
  url?: Secret;
  token?: Secret;
  routingKey?: Secret;
  secret?: Secret;
  dkim?: { privateKey: Secret } | undefined;
  headers?: Record<string, Secret>;
}
