import { OperationError } from "@catapullt/core/errors";
import type { DatabaseSettings } from "../../../databases/engine.ts";
import { findTable } from "../../database/find-table.ts";
import type { CapturedVersion, Query } from "../../type.ts";
import { type VersionPlaces, versionText } from "../../version/program.ts";
import type { VersionReading } from "../../version/readings.ts";

export const confluenceVersionPlaces: VersionPlaces = {
  maven: ["confluence/META-INF/maven/com.atlassian.confluence/confluence-webapp/pom.properties"],
  readme: "Atlassian Confluence",
  libraries: [{ directory: "confluence/WEB-INF/lib", prefix: "confluence-" }],
};

/** The newest completed upgrade: Confluence adds a row to CONFVERSION for each build that it was upgraded to. */
export async function readDatabaseBuild(
  query: Query,
  database: DatabaseSettings,
): Promise<{ build: number; tag: string | undefined } | undefined> {
  const table = await findTable(query, database, "confversion");
  if (table === undefined) return undefined;
  const rows = await query(database, `SELECT BUILDNUMBER, VERSIONTAG FROM ${table}`);
  const builds = rows.map(([build, tag]) => ({
    build: Number(build),
    tag: tag && versionText.test(tag) ? tag : undefined,
  }));
  return builds.filter(({ build }) => Number.isInteger(build)).sort((a, b) => b.build - a.build)[0];
}

export interface VersionFacts {
  name: string;
  /** From the agent's configuration, which wins. */
  configured: string | undefined;
  program: VersionReading;
  /** `<buildNumber>` of the home. */
  homeBuild: string | undefined;
  /** Undefined where the database was not asked; null where it has no table of versions. */
  databaseBuild: { build: number; tag: string | undefined } | null | undefined;
}

/** Joins what each place says; the program files tell the version. Throws `version-unreadable`. */
export function combineVersions({
  name,
  configured,
  program,
  homeBuild,
  databaseBuild,
}: VersionFacts): CapturedVersion {
  const value = configured ?? program.value;
  if (value === undefined) {
    throw new OperationError(
      "version-unreadable",
      `the version of ${name} cannot be read; looked at:\n- ${program.place}`,
      {
        hint: `set \`applications.${name}.install\` to the directory of the program files, or \`applications.${name}.version\``,
      },
    );
  }
  const tag = databaseBuild?.tag;
  const sources = [
    { source: "configuration", value: configured },
    { source: "program files", value: program.value },
    { source: "database version tag", value: tag },
    { source: "database build number", value: databaseBuild?.build.toString() },
    { source: "home build number", value: homeBuild },
  ].filter((entry): entry is { source: string; value: string } => entry.value !== undefined);
  const warnings: string[] = [];
  if (databaseBuild === null) warnings.push(`the database of ${name} has no table CONFVERSION: is it Confluence's?`);
  if (databaseBuild && homeBuild !== undefined && homeBuild !== databaseBuild.build.toString()) {
    warnings.push(
      `home and database of ${name} do not belong together: build ${homeBuild} in confluence.cfg.xml, ${databaseBuild.build} in the database; Confluence refuses to start with them`,
    );
  }
  if (tag !== undefined && program.value !== undefined && tag !== program.value) {
    warnings.push(
      `the program files of ${name} are version ${program.value}, its database was last used by ${tag}: an upgrade was not finished, or these are not the program files that run`,
    );
  }
  return { value, sources, warnings };
}
