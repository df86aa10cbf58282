/** A name as SQL spells it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL spells it where backslashes mean nothing, which is the default. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text, such as a block of PL/pgSQL, between two marks that do not stand in it. */
export function dollarQuote(text: string): string {
  let mark = "$do$";
  for (let count = 1; text.includes(mark); count += 1) mark = `$do${count}$`;
  return `${mark} ${text} ${mark}`;
}

/** A value in libpq's connection strings. */
export function quoteConnectionValue(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
