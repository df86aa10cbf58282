import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { readSecret } from "@catapullt/core/config/secret";
import { errorMessage } from "@catapullt/core/errors";
import { createTransport, type SMTPTransportOptions } from "nodemailer";
import type { Message } from "../message/message.ts";
import { DeliveryError } from "./delivery-error.ts";
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

function mailOf({ id, time, job, host, state, subject, text, html }: Message) {
  const domain = host.replace(/[^a-zA-Z0-9.-]/g, "") || "localhost";
  return {
    messageId: `<${id}@${domain}>`,
    date: time,
    subject,
    text,
    html,
    headers: {
      "Auto-Submitted": "auto-generated", // RFC 3834: holiday replies stay away
      "X-Auto-Response-Suppress": "All",
      "X-Backup-Job": job,
      "X-Backup-Host": host,
      "X-Backup-State": state,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
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
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: caFile === undefined ? {} : { ca: [...getCACertificates("default"), await readAuthority(caFile)] },
    ...auth,
    forceAuth: user !== undefined, // else a server that offers no login is used without one
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new DeliveryError(`the certificate authority's file ${file} cannot be read: ${errorMessage(error)}`, {
      hint: "correct `caFile`, or leave it out for a certificate that everybody trusts",
      isTransient: false,
      cause: error,
    });
  }
}
