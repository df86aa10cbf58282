/** The table of all application types, in the registry's order, each with a link to its page. */
export function describeApplicationTypes(types: readonly { name: string; title: string }[]): string {
  const rows = types.map(({ name, title }) => `| \`${name}\` | [${title}](${name}.md) |`);
  return ["| type | page |", "| --- | --- |", ...rows].join("\n");
}
