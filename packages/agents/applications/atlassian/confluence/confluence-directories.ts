import { join } from "node:path";
import type { ProductPlaces } from "../../files/product-directories.ts";
import type { Host } from "../../host.ts";
import type { Found } from "../../search.ts";
import { configuredDirectory } from "../configured-directory.ts";
import type { HibernateConfig } from "../hibernate-config.ts";

export const confluencePlaces: ProductPlaces = {
  title: "Confluence",
  services: ["confluence"],
  defaultInstalls: ["/opt/atlassian/confluence"],
  defaultHomes: ["/var/atlassian/application-data/confluence"],
  programs: ["confluence/WEB-INF"],
  startScript: /\/bin\/(?:start-confluence|startup|catalina)\.sh$/,
  homeProperties: ["confluence.home"],
  homeVariables: ["CONFLUENCE_HOME"],
  installVariables: ["CONFLUENCE_INSTALL_DIR"],
  scripts: ["bin/setenv.sh"],
  initFiles: ["confluence/WEB-INF/classes/confluence-init.properties"],
  homeFiles: ["confluence.cfg.xml"],
};

/** The home's own configuration, relative to it. */
export const confluenceConfigFile = "confluence.cfg.xml";

export interface DataDirectories {
  sharedHome: Found;
  attachments: Found;
  /** Values of the placeholders that confluence.cfg.xml uses. */
  placeholders: Record<string, string>;
}

/** Where shared home and attachments are. Throws `application-not-found` where they lie outside the home and are not there. */
export async function findDataDirectories(host: Host, home: string, config: HibernateConfig): Promise<DataDirectories> {
  const placeholders: Record<string, string> = { confluenceHome: home, localHome: home };
  const resolve = (keys: readonly string[], usual: string) =>
    configuredDirectory(host, { home, config, keys, usual, placeholders });
  const sharedHome = await resolve(["confluence.cluster.home", "shared-home"], join(home, "shared-home"));
  placeholders.sharedHome = sharedHome.path;
  const inHome = join(home, "attachments");
  const inSharedHome = join(sharedHome.path, "attachments");
  const usual =
    (await host.kind(inHome)) === undefined && (await host.kind(inSharedHome)) === "directory" ? inSharedHome : inHome;
  const attachments = await resolve(["attachments.dir"], usual);
  return { sharedHome, attachments, placeholders };
}
