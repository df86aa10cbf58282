import { hostname } from "node:os";
import { readSecret } from "@catapullt/core/config/secret";
import { OperationError } from "@catapullt/core/errors";
import { declarePublic, rememberSecret } from "@catapullt/core/log/redaction";
import type { NotifyConfig } from "../config.ts";
import { parseSecretUrl, rememberSecretUrl } from "../transports/secret-url.ts";
import { secretsOf } from "../transports/secrets-of.ts";

const telling = /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|_PWD)$/i;
const shortest = 6;

/**
 * Remembers all secrets that can be known before a command runs, so that none shows in a message: those of the
 * configuration, and variables whose names say what they hold. A secret that cannot be read is its transport's problem.
 */
export async function rememberSecrets({ transports }: NotifyConfig, environment: NodeJS.ProcessEnv): Promise<void> {
  const names = transports.flatMap((settings) => (settings.type === "smtp" ? [settings.host, settings.user] : []));
  declarePublic(hostname(), ...names);
  for (const [name, value = ""] of Object.entries(environment)) {
    if (telling.test(name) && value.length >= shortest && !value.startsWith("/")) rememberSecret(value);
  }
  await Promise.all(
    transports.flatMap(secretsOf).map(async (secret) => {
      try {
        const url = parseSecretUrl(await readSecret(secret, environment));
        if (url !== undefined) rememberSecretUrl(url);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
      }
    }),
  );
}
