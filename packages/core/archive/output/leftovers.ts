import { parseArchiveName, sidecarSuffix } from "../name.ts";
import { sidecarName } from "../sidecar.ts";
import { isStagedFileName } from "../staged-file.ts";

/**
 * Those of a directory's files that dead runs left of an application's archives: part files, staged files, archives without a
 * sidecar, sidecars without an archive. No other name is ever among them.
 */
export function findLeftovers(files: readonly string[], application: string): string[] {
  const names = new Set(files);
  return files.filter((name) => isLeftover(name, application, names)).sort();
}

function isLeftover(name: string, application: string, names: ReadonlySet<string>): boolean {
  if (isStagedFileName(name)) return true;
  const unfinished = /^\.(.+)\.part$/.exec(name)?.[1];
  const published = unfinished ?? name;
  const archive = published.endsWith(sidecarSuffix) ? published.slice(0, -sidecarSuffix.length) : published;
  if (parseArchiveName(archive)?.application !== application) return false;
  return unfinished !== undefined || !names.has(archive) || !names.has(sidecarName(archive));
}
