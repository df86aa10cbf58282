/** Where a value stands in a configuration: keys of mappings and indexes of lists. */
export type KeyPath = readonly (string | number)[];

/** `transports[0].host`; keys that are no plain words are quoted: `applications["wiki.example"].home`. */
export function formatKeyPath(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\p{L}\p{N}_$-]+$/u.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** A text that is the same for the same path only: for use in maps. */
export function keyPathId(path: KeyPath): string {
  return path.map((part) => JSON.stringify(String(part))).join(",");
}
