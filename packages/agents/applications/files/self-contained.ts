import type { Host } from "../host.ts";
import { programDirectory } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";
import {
  findProductDirectories,
  firstExisting,
  type ProductDirectories,
  type ProductPlaces,
} from "./product-directories.ts";

/**
 * Finds a product whose home is its program files, or the volumes of its container. Program files and a unit of another
 * directory than a home that is configured belong to another instance, and are left alone.
 */
export async function findSelfContained(
  product: ProductPlaces,
  request: LocateRequest,
): Promise<Omit<ProductDirectories, "setting">> {
  const { name, settings, host } = request;
  const { home: configured } = settings;
  const isWhole = configured !== undefined && (await firstExisting(host, configured, product.programs)) !== undefined;
  const given = settings.install ?? (isWhole ? configured : undefined);
  const found = await findProductDirectories(product, { ...request, settings: { ...settings, install: given } });
  const { home, install } = found;
  const started = programDirectory(found.unit, product.startScript);
  const places = [home.path, ...(install === undefined ? [] : [install.path])];
  const isOwnUnit =
    started === undefined || (await isAmong(host, started, settings.install === undefined ? [home.path] : places));
  const unit = isOwnUnit ? found.unit : undefined;
  if (install === undefined || settings.install !== undefined) return { ...found, unit };
  if (isWhole) return { ...found, unit, install: { path: install.path, source: `applications.${name}.home` } };
  if (await isAmong(host, install.path, [home.path])) return { ...found, unit };
  const installProblem = `${home.path} holds no program files; those in ${install.path} are another instance's`;
  return { home, install: undefined, installProblem, unit };
}

async function isAmong(host: Host, path: string, places: readonly string[]): Promise<boolean> {
  const real = await host.realPath(path);
  for (const place of places)
    if (place === path || (real !== undefined && (await host.realPath(place)) === real)) return true;
  return false;
}
