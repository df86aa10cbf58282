import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import { firstExisting, type ProductDirectories, type ProductPlaces } from "../../files/product-directories.ts";
import { requireDirectory } from "../../files/require-directory.ts";
import type { Host } from "../../host.ts";
import type { Found } from "../../search.ts";

export const bitbucketPlaces: ProductPlaces = {
  title: "Bitbucket",
  services: ["bitbucket", "atlbitbucket", "stash", "atlstash"],
  defaultInstalls: [
    "/opt/atlassian/bitbucket",
    "/opt/atlassian/bitbucket/*",
    "/opt/atlassian/stash",
    "/opt/atlassian/stash/*",
  ],
  defaultHomes: ["/var/atlassian/application-data/bitbucket", "/var/atlassian/application-data/stash"],
  programs: ["app/WEB-INF", "atlassian-bitbucket/WEB-INF", "atlassian-stash/WEB-INF"],
  startScript: /\/bin\/(?:start-bitbucket|start-stash|_?start-webapp|startup|catalina)\.sh$/,
  homeProperties: ["bitbucket.home", "stash.home"],
  homeVariables: ["BITBUCKET_HOME", "STASH_HOME"],
  installVariables: ["BITBUCKET_INSTALL_DIR", "STASH_INSTALL_DIR"],
  scripts: ["bin/set-bitbucket-home.sh", "bin/setenv.sh"],
  initFiles: [],
  // A container may have no properties of its own, and a node of a cluster no `shared`.
  homeFiles: [
    "shared/bitbucket.properties",
    "shared/stash-config.properties",
    "stash-config.properties",
    "shared",
    "caches",
  ],
};

/** `<home>/shared` unless something names another place; Stash before 3.2 kept all in the home. */
export async function findSharedHome(
  host: Host,
  { home, setting }: Pick<ProductDirectories, "home" | "setting">,
): Promise<Found> {
  const named = setting("bitbucket.shared.home", "BITBUCKET_SHARED_HOME");
  if (named !== undefined) return await requireDirectory(host, named);
  const usual = join(home.path, "shared");
  if ((await host.kind(usual)) === "directory") return { path: usual, source: "the usual place" };
  return { path: home.path, source: "no directory `shared`" };
}

/** The product's own configuration. */
export interface BitbucketProperties {
  /** Where it is, or where it would be. */
  path: string;
  properties: ReadonlyMap<string, string>;
}

const names = ["bitbucket.properties", "stash-config.properties"];

/** Reads it from the shared home; empty where there is none, as in a container that is set up by its environment. */
export async function readBitbucketProperties(host: Host, sharedHome: string): Promise<BitbucketProperties> {
  const name = await firstExisting(host, sharedHome, names);
  const path = join(sharedHome, name ?? "bitbucket.properties");
  return { path, properties: parseProperties((await host.readText(path)) ?? "") };
}

/** Where it answers on its own host. */
export function usualAddress({ properties }: BitbucketProperties): string {
  const port = properties.get("server.port")?.trim() || "7990";
  const context = properties.get("server.context-path") ?? properties.get("server.servlet.context-path") ?? "";
  return `http://localhost:${port}${context.trim().replace(/\/+$/, "")}`;
}
