const escapes: Record<string, string> = { n: "\n", t: "\t", "0": "\0", "\\": "\\" };

/**
 * Decodes what mysql and mariadb print with `--batch --skip-column-names`: a line for each row, fields between tabs,
 * with `\n`, `\t`, `\0` and `\\` escaped. An SQL NULL comes out as the text `NULL`.
 */
export function parseBatchOutput(output: string): string[][] {
  const lines = output.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.split("\t").map(unescapeField));
}

function unescapeField(field: string): string {
  return field.replace(/\\([nt0\\])/g, (whole, character: string) => escapes[character] ?? whole);
}
