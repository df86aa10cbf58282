import { redact } from "@catapullt/core/log/redaction";
import { type HttpRequest, headersOf } from "./http.ts";
import { maskParts } from "./http-problem.ts";

interface Hidden {
  /** Parts of the address. */
  secretParts: readonly string[];
  secrets: readonly string[];
}

const mask = "********";

/** Requests as they would go out, one after the other, without these secrets. */
export function previewRequests(requests: readonly HttpRequest[], hidden: Hidden): string {
  if (requests.length === 0) return "nothing: the service need not know of it";
  return requests.map((request) => previewRequest(request, hidden)).join("\n\n");
}

function previewRequest(request: HttpRequest, { secretParts, secrets }: Hidden): string {
  const { url, method = "POST", body, contentType } = request;
  const headers = Object.entries(headersOf(request)).map(([name, value]) => `${name}: ${maskHeader(value, secrets)}`);
  const shown = redact(maskParts(/json/i.test(contentType) ? indentJson(body) : body, secrets));
  return [
    `${method} ${maskAddress(url, { secretParts, secrets })}`,
    ...headers,
    ...(shown === "" ? [] : ["", shown]),
  ].join("\n");
}

/** Without user and password, which go out as a header. */
function maskAddress({ origin, pathname, search }: URL, { secretParts, secrets }: Hidden): string {
  const pieces = `${pathname}${search}`.split(/(?<=[/?&=])|(?=[/?&=])/);
  return `${origin}${pieces.map((piece) => (secretParts.includes(piece) ? mask : maskParts(piece, secrets))).join("")}`;
}

function maskHeader(value: string, secrets: readonly string[]): string {
  if (secrets.includes(value)) return mask;
  return redact(maskParts(value, secrets)).replace(/^(Basic|Bearer) .+/, `$1 ${mask}`);
}

function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
