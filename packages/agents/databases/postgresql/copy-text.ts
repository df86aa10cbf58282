const escapes: Record<string, string> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * Decodes the text format of `COPY … TO STDOUT`: a line for each row, fields between tabs, NULL as `\N`, special
 * characters after a backslash (https://www.postgresql.org/docs/current/sql-copy.html).
 */
export function parseCopyText(output: string): (string | null)[][] {
  const lines = output.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.split("\t").map((field) => (field === "\\N" ? null : unescapeField(field))));
}

function unescapeField(field: string): string {
  return field.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}
