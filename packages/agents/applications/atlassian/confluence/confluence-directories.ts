import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../../host.ts";
import { isInside } from "../../trees.ts";
import type { HibernateConfig } from "../hibernate-config.ts";
import { expandPlaceholders } from "../placeholders.ts";
import type { ProductPlaces } from "../product-directories.ts";

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

export interface DataDirectory {
  path: string;
  source: string;
}

export interface DataDirectories {
  sharedHome: DataDirectory;
  attachments: DataDirectory;
  /** Values of the placeholders that confluence.cfg.xml uses. */
  placeholders: Record<string, string>;
}

/** Where shared home and attachments are. Throws `application-not-found` where they lie outside the home and are not there. */
export async function findDataDirectories(host: Host, home: string, config: HibernateConfig): Promise<DataDirectories> {
  const placeholders: Record<string, string> = { confluenceHome: home, localHome: home };
  const sharedHome = await resolve(["confluence.cluster.home", "shared-home"], join(home, "shared-home"));
  placeholders.sharedHome = sharedHome.path;
  const inHome = join(home, "attachments");
  const inSharedHome = join(sharedHome.path, "attachments");
  const usual =
    (await host.kind(inHome)) === undefined && (await host.kind(inSharedHome)) === "directory" ? inSharedHome : inHome;
  const attachments = await resolve(["attachments.dir"], usual);
  return { sharedHome, attachments, placeholders };

  async function resolve(keys: readonly string[], usual: string): Promise<DataDirectory> {
    const key = keys.find((candidate) => config.properties.get(candidate));
    if (key === undefined) return { path: usual, source: "the usual place" };
    const { text, unknown } = expandPlaceholders(config.properties.get(key) ?? "", placeholders);
    if (unknown.length > 0) {
      throw new OperationError(
        "application-unreadable",
        `${key} in ${config.path} refers to ${unknown.join(", ")}, which is not known`,
        {
          hint: `write the full path there`,
        },
      );
    }
    const path = isAbsolute(text) ? text : join(home, text);
    if (!isInside(path, home) && (await host.kind(path)) !== "directory") {
      throw new OperationError("application-not-found", `${path} is no directory (${key} in ${config.path})`, {
        hint: "mount the disk that it is on, or correct the path there",
      });
    }
    return { path, source: `${key} in ${config.path}` };
  }
}
