const mask = "********";
const shortestPlainMatch = 4;
const secrets = new Set<string>();

/** Remembers a secret for the life of the process: `redact` masks it, and each form that it takes in URLs, JSON and Base64. */
export function rememberSecret(secret: string): void {
  if (secret.trim() === "") return;
  const json = JSON.stringify(secret).slice(1, -1);
  for (const form of [secret, json, encodeURIComponent(secret), Buffer.from(secret).toString("base64")])
    secrets.add(form);
}

/** Masks every remembered secret in a text; very short ones only where they stand as a word of their own. */
export function redact(text: string): string {
  let result = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (!result.includes(secret)) continue;
    result =
      secret.length >= shortestPlainMatch ? result.replaceAll(secret, mask) : result.replaceAll(asWord(secret), mask);
  }
  return result;
}

function asWord(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "gu");
}
