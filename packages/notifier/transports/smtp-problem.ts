import { errorMessage } from "@catapullt/core/errors";
import { cleanLine } from "../message/clean.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** What nodemailer adds to its errors, as far as it is used here. */
interface SmtpFailure {
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

/** Some recipients were refused while others got the message: it must not be sent again. */
export function explainRejected(rejected: readonly SmtpFailure[], settings: SmtpSettings): DeliveryError {
  const reasons = rejected.map(({ recipient = "", response = "" }) => cleanLine(`${recipient} (${response})`));
  return new DeliveryError(`${serverName(settings)} refused some recipients: ${reasons.join(", ")}`, {
    hint: "correct `to`; the others have got the message",
    isTransient: false,
  });
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
      return {
        problem: `${server} refuses the sender or the recipients: ${detail}`,
        hint: "check `from` and `to`, and whether the server relays for this host or wants a login (`user`, `password`)",
        isTransient,
      };
    case "EMESSAGE":
      return { problem: `${server} refuses the message: ${detail}`, hint: "see the server's log", isTransient };
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

function explainConnection(failure: SmtpFailure, detail: string, settings: SmtpSettings): Explanation {
  const server = serverName(settings);
  const cause = failure.originalCode ?? failure.code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME/.test(cause)) {
    return {
      problem: `the certificate of ${server} is not trusted: ${detail}`,
      hint: "name the authority that signed it with `caFile`; `host` must be a name that stands in the certificate",
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
