/** Percent-decoding that keeps what is no escape; `+` is a plus sign, as the drivers have it. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

export function parsePort(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** `name=value` pairs; percent-decoded where they are separated as in a query string. */
export function parseParameters(text: string, separator: "&" | ";"): Map<string, string> {
  const decode = separator === "&" ? decodePercent : (part: string) => part;
  const parameters = new Map<string, string>();
  for (const pair of text.split(separator)) {
    const [name = "", ...value] = pair.split("=");
    if (name.trim() !== "") parameters.set(decode(name.trim()), decode(value.join("=")));
  }
  return parameters;
}
