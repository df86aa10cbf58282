import { cleanLine, shorten } from "../message/clean.ts";
import { DeliveryError } from "./delivery-error.ts";
import { readRetryAfter } from "./retry-after.ts";
import { partsOf } from "./secret-url.ts";

/** Who is spoken to, as it is called in errors. */
export interface HttpParty {
  /** `Slack`, `the webhook` */
  service: string;
  /** The keys that say where to and as whom, for hints: "`token` and `chatId`". */
  keys: string;
  /** Secrets that the other side might repeat. */
  secrets: readonly string[];
}

export interface HttpAnswer {
  status: number;
  reason: string;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

const rateHint = "it limits how many messages may be sent; send fewer with `on`";
const longestQuote = 300;
const shortestMasked = 4;

/** An answer that is no success as an error that says what to do. */
export function explainAnswer(
  { status, reason, headers, text }: HttpAnswer,
  url: URL,
  party: HttpParty,
): DeliveryError {
  const said = quote(text, url, party);
  const answer = `${status}${reason === "" ? "" : ` ${reason}`}${said === "" ? "" : `: ${said}`}`;
  const { service, keys } = party;
  if (status === 429) {
    return new DeliveryError(`${service} takes no more messages for now (${answer})`, {
      hint: rateHint,
      isTransient: true,
      retryAfter: readRetryAfter(headers, text, new Date()),
    });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new DeliveryError(`${service} cannot take the message now (${answer})`, {
      hint: "look at the service; `notify test` tries again",
      isTransient: true,
      retryAfter: readRetryAfter(headers, text, new Date()),
    });
  }
  return new DeliveryError(`${service} refuses the message (${answer})`, {
    hint: hintFor(status, keys),
    isTransient: false,
  });
}

function hintFor(status: number, keys: string): string {
  if (status >= 300 && status < 400)
    return "redirects are not followed, since they would take secrets elsewhere; set `url` to the final address";
  if (status === 407) return "check HTTP_PROXY, with the user and password that the proxy wants, and NO_PROXY";
  if (status === 401 || status === 403) return `check ${keys}: it is not, or no longer, valid`;
  if (status === 404 || status === 410) return `check ${keys}: what it names does not exist, or no longer`;
  return `check ${keys}, and the service's own log`;
}

/** An answer of status 200 that says no all the same. */
export function explainRefusal(reason: string, url: URL, party: HttpParty): DeliveryError {
  const said = quote(reason, url, party);
  if (/rate limit|\b429\b/i.test(said)) {
    return new DeliveryError(`${party.service} takes no more messages for now: ${said}`, {
      hint: rateHint,
      isTransient: true,
    });
  }
  return new DeliveryError(`${party.service} refuses the message: ${said}`, {
    hint: `check ${party.keys}`,
    isTransient: false,
  });
}

/** What the other side said, on one line, short, and without anything of the address. */
function quote(text: string, url: URL, { secrets }: HttpParty): string {
  const masked = maskParts(text.replace(/<[^>]{0,500}>/g, " "), [url.href, ...partsOf(url), ...secrets]);
  return shorten(cleanLine(masked), longestQuote);
}

/** A text without these parts, but for those that are too short to be told from common words. */
export function maskParts(text: string, parts: readonly string[]): string {
  const long = parts.filter((part) => part.length >= shortestMasked).sort((a, b) => b.length - a.length);
  return long.reduce((masked, part) => masked.replaceAll(part, "********"), text);
}
