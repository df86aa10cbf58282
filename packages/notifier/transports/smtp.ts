import { readSecret } from "@catapullt/core/config/secret";
import { createTransport, type SMTPTransportOptions } from "nodemailer";
import type { Message } from "../message/message.ts";
import { trustedAuthorities } from "./authority.ts";
import { mailOf, previewMail, senderOptions } from "./mail.ts";
import { explainRejected, explainSmtpError, isTemporary, partlySent, type SmtpFailure } from "./smtp-problem.ts";
import type { SmtpSettings } from "./smtp-settings.ts";
import type { Transport, TransportContext } from "./transport.ts";

const patience = 15_000;

/** Whom a message still has to reach, once some have it. */
interface Progress {
  /** Bare addresses. */
  pending: readonly string[];
  /** Will not get it. */
  refused: readonly SmtpFailure[];
}

/**
 * Mail by way of nodemailer. One connection for each message: there is one message for each run. Where a server takes a message
 * for some recipients, the next try goes to those alone whom it only put off.
 */
export function createSmtpTransport(settings: SmtpSettings): Transport {
  const { host, port } = settings;
  const started = new Map<string, Progress>();
  return {
    name: `smtp ${host}:${port}`,
    preview: async (message) => previewMail(message, settings),
    async send(message, context) {
      const progress = started.get(message.id);
      const rejected = await sendTo(progress?.pending, message, { ...context, settings });
      const refused = [...(progress?.refused ?? []), ...rejected.filter((failure) => !isTemporary(failure))];
      const delayed = rejected.filter(isTemporary);
      if (refused.length === 0 && delayed.length === 0) return;
      started.set(message.id, { pending: delayed.map(({ recipient = "" }) => recipient), refused });
      throw explainRejected({ refused, delayed }, settings);
    },
  };
}

/** Sends to all recipients, or to those who are still without; gives those whom the server did not take. */
async function sendTo(
  pending: readonly string[] | undefined,
  message: Message,
  { settings, environment, signal }: TransportContext & { settings: SmtpSettings },
): Promise<readonly SmtpFailure[]> {
  if (pending?.length === 0) return [];
  const mailer = createTransport(await connectionOptions(settings, environment));
  const mail = { ...mailOf(message), ...(await senderOptions(settings, environment)) };
  const envelope = pending === undefined ? {} : { envelope: { from: settings.from, to: [...pending] } };
  try {
    return (await mailer.sendMail({ ...mail, ...envelope, signal })).rejectedErrors ?? [];
  } catch (error) {
    const failure = explainSmtpError(error, settings);
    throw pending === undefined ? failure : partlySent(failure);
  }
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
