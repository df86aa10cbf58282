const pattern = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?))?b$/i;

/** What a size looks like, for messages. */
export const sizeExamples = "500MB or 2GiB";

/** Bytes of `500MB` (powers of 1000), `2GiB` (powers of 1024) or `12B`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, figure, prefix, binary] = match;
  const power = prefix === undefined ? 0 : "kmgtp".indexOf(prefix.toLowerCase()) + 1;
  const bytes = Math.round(Number(figure) * (binary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
