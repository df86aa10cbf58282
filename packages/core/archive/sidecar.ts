import { OperationError } from "../errors.ts";
import { sidecarSuffix } from "./name.ts";

/** No sidecar that these tools write is longer: a name has at most 255 bytes. */
export const sidecarSizeLimit = 512;

export function sidecarName(archiveName: string): string {
  return `${archiveName}${sidecarSuffix}`;
}

/** One line in the format of coreutils' `sha1sum`: 40 hexadecimal digits, two blanks, the archive's base name. */
export function formatSidecar(sha1: string, archiveName: string): string {
  return `${sha1}  ${archiveName}\n`;
}

/** The SHA1 that a sidecar states for `archiveName`. Throws `archive-invalid` unless it is exactly one such line. */
export function parseSidecar(content: string, archiveName: string): string {
  const match = /^([0-9a-f]{40}) [ *]([^\n]+)\n?$/.exec(content);
  if (match?.[1] !== undefined && match[2] === archiveName) return match[1];
  const problem =
    content === ""
      ? "is empty"
      : match
        ? `speaks of another file, ${JSON.stringify(match[2])}`
        : "is not in sha1sum's format";
  throw new OperationError("archive-invalid", `the sidecar ${sidecarName(archiveName)} ${problem}`, {
    hint: `expected one line: 40 hexadecimal digits, two blanks, ${archiveName}`,
  });
}
