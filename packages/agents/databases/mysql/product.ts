export type Flavour = "mysql" | "mariadb";

/** A server or a client program: whose it is, and its version. */
export interface Product {
  flavour: Flavour;
  version: readonly [major: number, minor: number, patch: number];
  /** As it names itself, such as `10.11.19-MariaDB`. */
  text: string;
}

/**
 * Reads what a client program prints for `--version`: `mysqldump  Ver 8.0.36 for Linux`, `Ver 10.13 Distrib 5.7.44,`,
 * `Ver 10.19 Distrib 10.11.19-MariaDB,` or `mariadb-dump from 11.4.2-MariaDB, client 10.19`. `Ver` is the version of the
 * product itself only where no `Distrib` follows. Undefined for anything else.
 */
export function parseToolVersion(output: string): Product | undefined {
  const match = /\b(?:Distrib|from) (\d+\.\d+\.\d+[^\s,]*)/.exec(output) ?? /\bVer (\d+\.\d+\.\d+[^\s,]*)/.exec(output);
  return match?.[1] === undefined ? undefined : parseServerVersion(match[1]);
}

/** Reads what a server says of itself (`SELECT VERSION()`): `8.0.36-28`, `5.7.44-log`, `10.11.19-MariaDB-0+deb12u1`. */
export function parseServerVersion(text: string): Product | undefined {
  // Old MariaDB servers hide behind `5.5.5-`, for replicas that compare version numbers.
  const match = /^(?:5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB))?(\d+)\.(\d+)\.(\d+)/i.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return {
    flavour: /mariadb/i.test(text) ? "mariadb" : "mysql",
    version: [Number(major), Number(minor), Number(patch)],
    text,
  };
}

/** True if the product's version is this one or a later one. */
export function isAtLeast({ version }: Product, ...wanted: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
