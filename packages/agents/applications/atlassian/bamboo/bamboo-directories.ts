import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import type { ProductDirectories, ProductPlaces } from "../../files/product-directories.ts";
import { requireDirectory } from "../../files/require-directory.ts";
import type { Host } from "../../host.ts";
import type { Found } from "../../search.ts";
import { configuredDirectory } from "../configured-directory.ts";
import type { HibernateConfig } from "../hibernate-config.ts";

export const bambooPlaces: ProductPlaces = {
  title: "Bamboo",
  services: ["bamboo"],
  defaultInstalls: ["/opt/atlassian/bamboo"],
  defaultHomes: ["/var/atlassian/application-data/bamboo"],
  programs: ["atlassian-bamboo/WEB-INF", "webapp/WEB-INF"],
  startScript: /\/bin\/(?:start-bamboo|startup|catalina)\.sh$/,
  homeProperties: ["bamboo.home"],
  homeVariables: ["BAMBOO_HOME"],
  installVariables: ["BAMBOO_INSTALL_DIR"],
  scripts: ["bin/setenv.sh"],
  initFiles: [
    "atlassian-bamboo/WEB-INF/classes/bamboo-init.properties",
    "webapp/WEB-INF/classes/bamboo-init.properties",
  ],
  homeFiles: ["bamboo.cfg.xml"],
};

/** The home's own configuration, relative to it. */
export const bambooConfigFile = "bamboo.cfg.xml";

export interface BambooDataDirectories {
  sharedHome: Found;
  configuration: Found;
  builds: Found;
  artifacts: Found;
  /** Values of the placeholders that bamboo.cfg.xml uses. */
  placeholders: Record<string, string>;
}

/** Where the parts of its data are. Throws `application-not-found` where one lies outside of the home and is not there. */
export async function findBambooData(
  host: Host,
  { home, install, setting }: Pick<ProductDirectories, "home" | "install" | "setting">,
  config: HibernateConfig,
): Promise<BambooDataDirectories> {
  const placeholders: Record<string, string> = { bambooHome: home.path, localHome: home.path };
  const resolve = (keys: readonly string[], usual: string) =>
    configuredDirectory(host, { home: home.path, config, keys, usual, placeholders });
  const usualShared = join(home.path, "shared");
  const hasShared = (await host.kind(usualShared)) === "directory";
  const named = setting("bamboo.shared.home", "BAMBOO_SHARED_HOME") ?? (await readInitFile(host, install?.path));
  const sharedHome =
    named === undefined
      ? await resolve(["bamboo.shared.home"], hasShared ? usualShared : home.path)
      : await requireDirectory(host, named);
  Object.assign(placeholders, { sharedHome: sharedHome.path, bambooSharedHome: sharedHome.path });
  const data = sharedHome.path === home.path ? join(home.path, "xml-data") : sharedHome.path;
  return {
    sharedHome,
    configuration: await resolve(["bamboo.config.directory"], join(data, "configuration")),
    builds: await resolve(["bamboo.project.directory"], join(data, "builds")),
    artifacts: await resolve(["bamboo.artifacts.directory"], join(sharedHome.path, "artifacts")),
    placeholders,
  };
}

async function readInitFile(host: Host, install: string | undefined): Promise<Found | undefined> {
  for (const file of install === undefined ? [] : bambooPlaces.initFiles.map((name) => join(install, name))) {
    const path = parseProperties((await host.readText(file)) ?? "")
      .get("bamboo.shared.home")
      ?.trim();
    if (path) return { path, source: `bamboo.shared.home in ${file}` };
  }
  return undefined;
}
