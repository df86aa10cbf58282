import { hostname } from "node:os";
import { readSecret } from "@catapullt/core/config/secret";
import { OperationError } from "@catapullt/core/errors";
import { declarePublic, rememberSecret } from "@catapullt/core/log/redaction";
import type { NotifyConfig } from "./config.ts";

const telling = /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|_PWD)$/i;
const shortest = 6;

/**
 * Remembers all secrets that can be known before a command runs, so that none shows in a message: those of the
 * configuration, and variables whose names say what they hold. A secret that cannot be read is its transport's problem.
 */
export async function rememberSecrets({ transports }: NotifyConfig, environment: NodeJS.ProcessEnv): Promise<void> {
  declarePublic(hostname(), ...transports.flatMap(({ host, user }) => [host, user]));
  for (const [name, value = ""] of Object.entries(environment)) {
    if (telling.test(name) && value.length >= shortest && !value.startsWith("/")) rememberSecret(value);
  }
  const secrets = transports.flatMap(({ password }) => password ?? []);
  await Promise.all(
    secrets.map(async (secret) => {
      try {
        await readSecret(secret, environment);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
      }
    }),
  );
}
