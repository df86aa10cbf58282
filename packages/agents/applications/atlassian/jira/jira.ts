import { isAbsolute } from "node:path";
import { assembleApplication } from "../../assemble.ts";
import { findProductDirectories } from "../../files/product-directories.ts";
import { isInside } from "../../files/trees.ts";
import type { ApplicationType, LocateRequest } from "../../type.ts";
import { readProgramVersion } from "../../version/program.ts";
import { combineReadings } from "../../version/readings.ts";
import { findJiraDatabase } from "./jira-database.ts";
import { findSharedHome, jiraPlaces, objectStorageWarnings } from "./jira-directories.ts";
import { jiraRestoreNotes } from "./jira-restore.ts";
import { jiraSanityChecks } from "./jira-sanity.ts";
import { jiraTrees } from "./jira-trees.ts";
import { jiraVersionPlaces, judgeJiraVersion, readJiraProperties } from "./jira-version.ts";

/** Atlassian Jira, Server and Data Center: Core, Software and Service Management. */
export const jira: ApplicationType = {
  name: "jira",
  title: "Atlassian Jira",
  keys: ["home", "install", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: jiraSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const { home, install, installProblem } = await findProductDirectories(jiraPlaces, request);
  const sharedHome = await findSharedHome(host, home.path);
  const places = { home: home.path, sharedHome: sharedHome.path, install: install?.path };
  return assembleApplication(jira, request, {
    home,
    install,
    evidence: [{ what: "shared home", value: sharedHome.path, source: sharedHome.source }],
    database: () => findJiraDatabase(host, { ...places, passwordKey: `applications.${name}.database.password` }),
    trees: await jiraTrees(host, places),
    warnings: await objectStorageWarnings(host, home.path),
    async captureVersion(database, query) {
      const program = await readProgramVersion(host, install?.path, jiraVersionPlaces, installProblem);
      const isAsked = query !== undefined && database !== undefined;
      const properties = isAsked ? await readJiraProperties(query, database, askedProperties) : undefined;
      const { readings, warnings } = judgeJiraVersion({ name, program, properties, isAsked });
      return combineReadings(request, readings, [...warnings, ...attachmentWarnings(properties)]);
    },
    restoreNotes: (version, database) => jiraRestoreNotes({ ...places, version, engine: database?.engine }),
  });

  // Old releases let administrators put attachments anywhere, and keep the path in the database only.
  function attachmentWarnings(properties: Map<string, string> | undefined): string[] {
    const path = properties?.get("jira.path.attachments")?.trim() ?? "";
    if (!isAbsolute(path) || isInside(path, home.path) || isInside(path, sharedHome.path)) return [];
    return [
      `the database of ${name} names ${path} as the place of attachments, which is outside of its home: if they are still there, save them with an application of type generic`,
    ];
  }
}

const askedProperties = ["jira.version", "jira.version.patched", "jira.path.attachments"];
