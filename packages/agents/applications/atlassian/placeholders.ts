/** Replaces `${name}` by its value; names that are not known are returned as `unknown` and stay as they are. */
export function expandPlaceholders(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): { text: string; unknown: string[] } {
  const unknown: string[] = [];
  const expanded = text.replace(/\$\{([^}]*)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) unknown.push(placeholder);
    return value ?? placeholder;
  });
  return { text: expanded, unknown };
}
