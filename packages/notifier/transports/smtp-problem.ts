import { errorMessage } from "@catapullt/core/errors";
import { cleanLine } from "../message/clean.ts";
import { hintForCertificate } from "./authority.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** What nodemailer adds to its errors, as far as it is used here. */
export interface SmtpFailure {
  code?: string | undefined;
  /** The system's or OpenSSL's own code, such as `ECONNREFUSED`. */
  originalCode?: string | undefined;
  responseCode?: number | undefined;
  response?: string | undefined;
  recipient?: string | undefined;
}

interface Explanation {
  problem: string;
  hint: string;
  isTransient: boolean;
}

/** Turns an error of nodemailer into one that says which server did what, and what to do. */
export function explainSmtpError(error: unknown, settings: SmtpSettings): DeliveryError {
  const failure = error as SmtpFailure;
  const detail = cleanLine(failure.response ?? errorMessage(error));
  const { problem, hint, isTransient } = explain(failure, detail, settings);
  return new DeliveryError(problem, { hint, isTransient, cause: error });
}

/** True for a reply that may be another one a little later: greylisting, a full mailbox. */
export function isTemporary({ responseCode = 500 }: SmtpFailure): boolean {
  return responseCode < 500;
}

/** Some recipients did not get the message while others did: it must not be sent to all again. */
export function explainRejected(
  { refused, delayed }: { refused: readonly SmtpFailure[]; delayed: readonly SmtpFailure[] },
  settings: SmtpSettings,
): DeliveryError {
  const name = ({ recipient = "", response = "" }: SmtpFailure) => cleanLine(`${recipient} (${response})`);
  return new DeliveryError(
    `${serverName(settings)} refused some recipients: ${[...refused, ...delayed].map(name).join(", ")}`,
    {
      hint: `${refused.length > 0 ? "correct `to`" : "the server does not take it for them now"}; the others have got the message`,
      isTransient: delayed.length > 0,
      isPartlySent: true,
    },
  );
}

/** The same failure for a message that some have got already. */
export function partlySent({ message, hint, isTransient, cause }: DeliveryError): DeliveryError {
  return new DeliveryError(message, { hint, isTransient, isPartlySent: true, cause });
}

function explain(failure: SmtpFailure, detail: string, settings: SmtpSettings): Explanation {
  const server = serverName(settings);
  const isTransient = (failure.responseCode ?? 400) < 500;
  switch (failure.code) {
    case "EDNS":
      return {
        problem: `the mail server's name ${settings.host} cannot be resolved: ${detail}`,
        hint: "check `host`, and this host's DNS",
        isTransient: true,
      };
    case "EAUTH":
    case "ENOAUTH":
      return {
        problem: `${server} refuses the login of ${settings.user}: ${detail}`,
        hint: "check `user` and `password`, and whether the server offers logins on this port",
        isTransient: failure.responseCode !== undefined && isTransient,
      };
    case "EENVELOPE":
      return explainEnvelope(detail, server, isTransient);
    case "EMESSAGE":
      return { problem: `${server} refuses the message: ${detail}`, hint: hintForMessage(failure), isTransient };
    case "EABORT":
      return {
        problem: `${server} did not take the message in time`,
        hint: "look at the server, or give it more time with `timeout`",
        isTransient: false,
      };
    default:
      return explainConnection(failure, detail, settings);
  }
}

function explainEnvelope(detail: string, server: string, isTransient: boolean): Explanation {
  if (/\bSTARTTLS\b/i.test(detail)) {
    return {
      problem: `${server} takes no mail without encryption: ${detail}`,
      hint: "set `security` to starttls",
      isTransient: false,
    };
  }
  // RFC 3463: a mailbox that is full.
  const hint = /\b[45]\.2\.2\b/.test(detail)
    ? "make space in that mailbox, or send to others with `to`"
    : "check `from` and `to`, and whether the server relays for this host or wants a login (`user`, `password`)";
  return { problem: `${server} refuses the sender or the recipients: ${detail}`, hint, isTransient };
}

function hintForMessage({ responseCode }: SmtpFailure): string {
  return responseCode === 552
    ? "let the server take longer mails, or the command print less"
    : "see the server's log; a filter may not like the text";
}

function explainConnection(failure: SmtpFailure, detail: string, settings: SmtpSettings): Explanation {
  const server = serverName(settings);
  const cause = failure.originalCode ?? failure.code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME/.test(cause)) {
    return {
      problem: `the certificate of ${server} is not trusted: ${detail}`,
      hint: hintForCertificate(cause, "host"),
      isTransient: false,
    };
  }
  if (failure.code === "ETLS" || cause === "EPROTO" || cause.startsWith("ERR_SSL")) {
    return {
      problem: `no encrypted connection with ${server}: ${detail}`,
      hint: "`security: starttls` usually goes with port 587, `tls` with port 465; `none` is for a server on this host",
      isTransient: false,
    };
  }
  if (cause === "ECONNREFUSED") {
    return {
      problem: `${server} refuses the connection`,
      hint: "is the mail server running, and are `host` and `port` right?",
      isTransient: true,
    };
  }
  return {
    problem: `the connection with ${server} failed: ${detail}`,
    hint: "is the mail server up, does a firewall stand between, and do `port` and `security` belong together?",
    isTransient: true,
  };
}

function serverName({ host, port }: SmtpSettings): string {
  return `the mail server ${host}:${port}`;
}
