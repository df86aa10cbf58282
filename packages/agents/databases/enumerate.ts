const longestList = 10;

/** Names for a message: the first ten, and how many more there are. */
export function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, longestList).join(", ");
  return names.length <= longestList ? shown : `${shown} and ${names.length - longestList} more`;
}
