import { errorMessage } from "@catapullt/core/errors";
import { cleanLine } from "../message/clean.ts";
import { hintForCertificate } from "./authority.ts";
import { DeliveryError } from "./delivery-error.ts";
import { type HttpParty, maskParts } from "./http-problem.ts";

interface Explanation {
  problem: string;
  hint: string;
  isTransient: boolean;
}

/** A request that got no answer as an error that says what to do. `timedOut` tells that the message is no longer waited for. */
export function explainConnectionError(
  error: unknown,
  url: URL,
  { timedOut, ...party }: HttpParty & { timedOut: boolean },
): DeliveryError {
  const detail = maskParts(cleanLine(errorMessage(error)), party.secrets);
  const place = `${party.service} at ${url.host}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const explanation = timedOut
    ? {
        problem: `${place} did not answer in time`,
        hint: "look at the service, or give it more time with `timeout`",
        isTransient: false,
      }
    : (explainProxy(detail, place) ??
      explainEncryption(code, detail, url) ??
      explainNetwork(code, detail, { url, place }));
  const { problem, hint, isTransient } = explanation;
  // The original error may hold the whole request.
  return new DeliveryError(problem, { hint, isTransient, cause: new Error(detail) });
}

// undici tells the proxy's answer in its message alone.
function explainProxy(detail: string, place: string): Explanation | undefined {
  const status = /^Proxy response \((\d{3})\)/.exec(detail)?.[1];
  if (status === undefined) return undefined;
  return {
    problem: `the proxy does not connect with ${place}: it answers ${status}`,
    hint: "check HTTPS_PROXY, with the user and password that the proxy may want, and NO_PROXY",
    isTransient: Number(status) >= 500,
  };
}

function explainEncryption(code: string, detail: string, { host }: URL): Explanation | undefined {
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return {
      problem: `the certificate of ${host} is not trusted: ${detail}`,
      hint: hintForCertificate(code, "url"),
      isTransient: false,
    };
  }
  if (code !== "EPROTO" && !code.startsWith("ERR_SSL")) return undefined;
  return {
    problem: `no encrypted connection with ${host}: ${detail}`,
    hint: "does the address really speak https?",
    isTransient: false,
  };
}

function explainNetwork(code: string, detail: string, { url, place }: { url: URL; place: string }): Explanation {
  switch (code) {
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return {
        problem: `${place} does not answer`,
        hint: "is the service up, and does a firewall or a missing proxy (HTTPS_PROXY) stand between?",
        isTransient: true,
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        problem: `the name ${url.hostname} or that of a proxy cannot be resolved: ${detail}`,
        hint: "check `url`, this host's DNS, and whether it needs a proxy (HTTPS_PROXY)",
        isTransient: true,
      };
    case "ECONNREFUSED":
      return {
        problem: `${place}, or the proxy before it, refuses the connection: ${detail}`,
        hint: "is the service running, and are address and port right?",
        isTransient: true,
      };
    case "UND_ERR_INVALID_ARG":
      return {
        problem: `the request to ${place} cannot be made: ${detail}`,
        hint: "does a token or header hold a line feed, or another character that cannot be sent?",
        isTransient: false,
      };
    default:
      return {
        problem: `the connection with ${place} failed: ${detail}`,
        hint: "is the service up, and is the proxy (HTTPS_PROXY) right?",
        isTransient: true,
      };
  }
}
