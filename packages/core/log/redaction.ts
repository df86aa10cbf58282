const mask = "********";
const shortestPlainMatch = 4;
const shortestLine = 8;
const secrets = new Set<string>();
const publicNames = new Set<string>();

/** Remembers a secret for the life of the process: `redact` masks it, and each form that it takes in URLs, JSON and Base64. */
export function rememberSecret(secret: string): void {
  if (secret.trim() === "") return;
  for (const form of [...formsOf(secret), ...linesOf(secret)]) secrets.add(form);
}

/**
 * Names that are printed all the time, such as an application's or a user's: a password that is one of them stays
 * unmasked, since masking would garble every message and yet say where the password stands.
 */
export function declarePublic(...names: readonly (string | undefined)[]): void {
  for (const name of names) if (name !== undefined) publicNames.add(name);
}

/** True for a secret that is also a public name, and so cannot be masked. */
export function isPublicName(secret: string): boolean {
  return publicNames.has(secret);
}

function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed(); // a lone surrogate has no form in URLs
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([["", wellFormed]]).toString().slice(1),
    Buffer.from(secret).toString("base64"),
  ];
}

// A log indents the lines of a text: those of a key are masked one by one.
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestLine);
  return secret.includes("\n") ? lines : [];
}

/** Masks every remembered secret in a text; very short ones only where they stand as a word of their own. */
export function redact(text: string): string {
  let result = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (publicNames.has(secret) || !result.includes(secret)) continue;
    result =
      secret.length >= shortestPlainMatch ? result.replaceAll(secret, mask) : result.replaceAll(asWord(secret), mask);
  }
  return result;
}

/** A copy of a JSON value with the secrets in all its texts masked: unlike a masked document it stays valid, figures included. */
export function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(item)]));
}

function asWord(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "gu");
}
