import { declarePublic, rememberSecret } from "@catapullt/core/log/redaction";

/** The address in a secret's text; undefined where it is none for HTTP. */
export function parseSecretUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
}

/** Long enough to be a key: what is shorter may stand in messages as a plain word. */
const keyLength = 16;

/**
 * Remembers the parts of an address that are keys, so that they are masked wherever they would be printed: a webhook's
 * address alone is the right to send messages.
 */
export function rememberSecretUrl(url: URL): void {
  declarePublic(url.origin, `${url.origin}/`); // where an address is no more than a server, it is no secret
  for (const part of [`${url.pathname}${url.search}`, ...partsOf(url)])
    if (part.length >= keyLength) rememberSecret(part);
}

/** The pieces of an address that may be a key: of the path, of the query, user and password. */
export function partsOf(url: URL): string[] {
  const pieces = [...url.pathname.split("/"), ...url.searchParams.values(), url.username, url.password];
  return [...new Set(pieces.flatMap((piece) => [piece, decodePart(piece)]))].filter((piece) => piece !== "");
}

/** A piece of an address as it was meant; as it stands where it is not encoded as it should be. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
