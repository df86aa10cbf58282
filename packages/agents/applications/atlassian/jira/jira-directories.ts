import { join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import { parseXml } from "@catapullt/core/version/xml";
import { selectElements } from "@catapullt/core/version/xml-path";
import type { ProductPlaces } from "../../files/product-directories.ts";
import { requireDirectory } from "../../files/require-directory.ts";
import type { Host } from "../../host.ts";
import type { Found } from "../../search.ts";

export const jiraPlaces: ProductPlaces = {
  title: "Jira",
  services: ["jira"],
  defaultInstalls: ["/opt/atlassian/jira", "/opt/atlassian/jira-software/current"],
  defaultHomes: ["/var/atlassian/application-data/jira"],
  programs: ["atlassian-jira/WEB-INF", "webapp/WEB-INF"],
  startScript: /\/bin\/(?:start-jira|startup|catalina)\.sh$/,
  homeProperties: ["jira.home"],
  homeVariables: ["JIRA_HOME"],
  installVariables: ["JIRA_INSTALL_DIR", "JIRA_INSTALL"],
  scripts: ["bin/setenv.sh"],
  initFiles: [
    "atlassian-jira/WEB-INF/classes/jira-application.properties",
    "webapp/WEB-INF/classes/jira-application.properties",
  ],
  // Before 4.4 the database was named by the program files alone.
  homeFiles: ["dbconfig.xml", "plugins/installed-plugins"],
};

/** Where attachments, avatars and installed apps are: the home, or that of all nodes of a cluster. */
export async function findSharedHome(host: Host, home: string): Promise<Found> {
  const file = join(home, "cluster.properties");
  const path = parseProperties((await host.readText(file)) ?? "")
    .get("jira.shared.home")
    ?.trim();
  if (!path) return { path: home, source: "no cluster" };
  return await requireDirectory(host, { path, source: `jira.shared.home in ${file}` });
}

/** What `filestore-config.xml` sends to object storage is not on this host, and not in the archive. */
export async function objectStorageWarnings(host: Host, home: string): Promise<string[]> {
  const file = join(home, "filestore-config.xml");
  const text = await host.readText(file);
  if (text === undefined) return [];
  const targets = selectElements(parseXml(text, { file }), "//association").map(({ attributes }) => attributes.target);
  return targets.map((target) => `${file} keeps ${target} in object storage: they are not part of this backup`);
}
