import { basename, dirname } from "node:path";
import type { TreeDraft } from "../files/trees.ts";
import type { ServiceUnit } from "./systemd-unit.ts";

/**
 * Trees for what an administrator wrote about a service: its unit and drop-ins below `/etc`, and the files of variables that
 * they name. For applications that can be configured by variables: the archive would lack that part of their settings. Where
 * `isUnitByHand`, the unit is an administrator's wherever it lies.
 */
export function serviceTrees(unit: ServiceUnit | undefined, { isUnitByHand = false } = {}): TreeDraft[] {
  if (unit === undefined) return [];
  const own = (paths: readonly string[]) => paths.filter((path) => path.startsWith("/etc/"));
  return [
    ...filesByDirectory("service", isUnitByHand ? [unit.path] : own([unit.path])),
    ...filesByDirectory("drop-ins", own(unit.dropIns)),
    ...filesByDirectory("environment", unit.environmentFiles),
  ];
}

/** Trees of single files, one for each directory that some of them are in. */
export function filesByDirectory(label: string, paths: readonly string[]): TreeDraft[] {
  const directories = [...new Set(paths.map((path) => dirname(path)))];
  return directories.map((root) => ({
    label,
    root,
    include: paths.filter((path) => dirname(path) === root).map((path) => basename(path)),
  }));
}
