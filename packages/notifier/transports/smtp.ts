import { readSecret } from "@catapullt/core/config/secret";
import { createTransport, type SMTPTransportOptions } from "nodemailer";
import { trustedAuthorities } from "./authority.ts";
import { DeliveryError } from "./delivery-error.ts";
import { mailOf } from "./mail.ts";
import { explainRejected, explainSmtpError } from "./smtp-problem.ts";
import type { SmtpSettings } from "./smtp-settings.ts";
import type { Transport } from "./transport.ts";

const patience = 15_000;

/** Mail by way of nodemailer. One connection for each message: there is one message for each run. */
export function createSmtpTransport(settings: SmtpSettings): Transport {
  const { host, port, from, to } = settings;
  return {
    name: `smtp ${host}:${port}`,
    async send(message, { environment, signal }) {
      const mailer = createTransport(await connectionOptions(settings, environment));
      try {
        const { rejectedErrors } = await mailer.sendMail({ ...mailOf(message), from, to: [...to], signal });
        if (rejectedErrors && rejectedErrors.length > 0) throw explainRejected(rejectedErrors, settings);
      } catch (error) {
        throw error instanceof DeliveryError ? error : explainSmtpError(error, settings);
      }
    },
  };
}

async function connectionOptions(
  settings: SmtpSettings,
  environment: NodeJS.ProcessEnv,
): Promise<SMTPTransportOptions> {
  const { host, port, security, user, password, caFile } = settings;
  const auth =
    user === undefined || password === undefined
      ? {}
      : { auth: { user, pass: await readSecret(password, environment) } };
  const authorities = await trustedAuthorities(caFile);
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: authorities === undefined ? {} : { ca: authorities },
    ...auth,
    forceAuth: user !== undefined, // else a server that offers no login is used without one
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  };
}
