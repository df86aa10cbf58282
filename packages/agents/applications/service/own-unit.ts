import type { LocateRequest } from "../type.ts";
import { findServiceUnit, readServiceUnit, type ServiceUnit } from "./systemd-unit.ts";

/**
 * The unit of an application: the one of its own name, else one of the usual names of its type, the type's own first. An
 * application that has another name than its type and whose place is configured takes a usual one only if that mentions the
 * place: it is another instance's otherwise.
 */
export async function findOwnUnit(
  { name, settings, host }: LocateRequest,
  usual: readonly string[],
): Promise<ServiceUnit | undefined> {
  const own = await readServiceUnit(host, name);
  if (own !== undefined) return own;
  const unit = await findServiceUnit(host, usual);
  const places = [settings.home, settings.install, settings.configFile].filter((place) => place !== undefined);
  if (unit === undefined || name === usual[0] || places.length === 0) return unit;
  const { command, environment, environmentFiles, workingDirectory = "" } = unit;
  const words = [...command, ...environment.values(), ...environmentFiles, workingDirectory];
  return places.some((place) => words.some((word) => word.includes(place))) ? unit : undefined;
}
