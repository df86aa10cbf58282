/**
 * A major release as a number that compares: 15 for `15.18`, 9.6 for `9.6.24`. A dump tool serves every server whose
 * release is not newer than its own.
 */
export type Release = number;

/** Reads what a client program prints for `--version`: `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`. */
export function parseToolVersion(output: string): { release: Release; text: string } | undefined {
  const match = /\) ((\d+)(?:\.(\d+))?[\w.]*)/.exec(output);
  if (match === null) return undefined;
  const [, text = "", major = "", minor] = match;
  return { release: releaseOf(major, minor), text };
}

/** Reads what a manifest says of a server or a tool: `15.18`, `pg_dump 17.2`; 0, which is older than any, where it is no version. */
export function parseRecordedRelease(text: string): Release {
  const [, major = "0", minor] = /(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return releaseOf(major, minor);
}

function releaseOf(major: string, minor = "0"): Release {
  return major === "0" || Number(major) >= 10 ? Number(major) : Number(`${major}.${minor}`);
}

/** Reads the server's `server_version_num`: `150018`, `90624`. */
export function parseServerRelease(number: string): Release {
  const value = Number(number);
  return value >= 100_000
    ? Math.floor(value / 10_000)
    : Number(`${Math.floor(value / 10_000)}.${Math.floor(value / 100) % 100}`);
}
