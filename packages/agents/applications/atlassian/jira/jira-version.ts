import type { DatabaseSettings } from "../../../databases/engine.ts";
import { findTable } from "../../database/find-table.ts";
import type { Query } from "../../type.ts";
import type { VersionPlaces } from "../../version/program.ts";
import type { VersionReading } from "../../version/readings.ts";

export const jiraVersionPlaces: VersionPlaces = {
  maven: ["atlassian-jira/META-INF/maven/com.atlassian.jira/jira-webapp-dist/pom.properties"],
  readme: "J(?:IRA|ira)",
  libraries: [
    { directory: "atlassian-jira/WEB-INF/lib", prefix: "jira-core-" },
    { directory: "webapp/WEB-INF/lib", prefix: "jira-core-" },
  ],
};

/** Jira's own settings in its database: values of keys of the table PROPERTYENTRY; undefined without that table. */
export async function readJiraProperties(
  query: Query,
  database: DatabaseSettings,
  keys: readonly string[],
): Promise<Map<string, string> | undefined> {
  const entries = await findTable(query, database, "propertyentry");
  const texts = await findTable(query, database, "propertystring");
  if (entries === undefined || texts === undefined) return undefined;
  const rows = await query(database, jiraPropertiesSql(entries, texts, keys));
  return new Map(rows.map(([key, value]) => [key ?? "", value ?? ""]));
}

/** Rows of key and value; the tables as they are written in a statement. */
export function jiraPropertiesSql(entries: string, texts: string, keys: readonly string[]): string {
  const list = keys.map((key) => `'${key}'`).join(", ");
  return `SELECT e.property_key, t.propertyvalue FROM ${entries} e JOIN ${texts} t ON e.id = t.id WHERE e.property_key IN (${list})`;
}

export interface JiraVersionFacts {
  name: string;
  program: VersionReading;
  /** Undefined where the database was not asked. */
  properties: Map<string, string> | undefined;
  isAsked: boolean;
}

/** What the database says of the version, and where it does not fit the program files. */
export function judgeJiraVersion({ name, program, properties, isAsked }: JiraVersionFacts): {
  readings: VersionReading[];
  warnings: string[];
} {
  const value = properties?.get("jira.version");
  const build = properties?.get("jira.version.patched");
  const warnings: string[] = [];
  if (isAsked && properties === undefined)
    warnings.push(`the database of ${name} has no table PROPERTYENTRY: is it Jira's?`);
  if (value !== undefined && program.value !== undefined && value !== program.value) {
    warnings.push(
      `the program files of ${name} are version ${program.value}, its database was last used by ${value}: an upgrade was not finished, or these are not the program files that run`,
    );
  }
  const place = "jira.version in the table PROPERTYENTRY";
  return {
    readings: [program, { source: "database", place, value }, { source: "database build number", place, value: build }],
    warnings,
  };
}
