const predefined: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A `&` that begins no reference, or one to something that XML itself does not define. */
export class UnknownReference extends Error {}

/** Decodes `&amp;`, `&#38;`, `&#x26;` and the other references that need no document type; throws UnknownReference for the rest. */
export function decodeReferences(text: string): string {
  return text.replace(
    /&(?:(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));)?/g,
    (_match, decimal, hexadecimal, name) => {
      if (decimal === undefined && hexadecimal === undefined) return predefined[name] ?? refuse();
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : refuse();
    },
  );
}

function refuse(): never {
  throw new UnknownReference("unknown reference");
}
