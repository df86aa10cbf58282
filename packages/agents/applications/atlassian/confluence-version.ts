import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseProperties } from "@catapullt/core/version/properties";
import type { DatabaseSettings } from "../../databases/engine.ts";
import type { Host } from "../host.ts";
import type { CapturedVersion, Query } from "../type.ts";

const versionText = /^\d+(?:\.\d+)+[\w.+-]*$/;

export interface ProgramVersion {
  value: string;
  source: string;
}

/** The version of the program files: Maven's properties, README.txt, or the name of the main library. */
export async function readProgramVersion(host: Host, install: string): Promise<ProgramVersion | { tried: string[] }> {
  const maven = join(install, "confluence/META-INF/maven/com.atlassian.confluence/confluence-webapp/pom.properties");
  const readme = join(install, "README.txt");
  const libraries = join(install, "confluence/WEB-INF/lib");
  const found: ProgramVersion[] = [
    {
      source: maven,
      value:
        parseProperties((await host.readText(maven)) ?? "")
          .get("version")
          ?.trim() ?? "",
    },
    {
      source: readme,
      value: /Atlassian Confluence (\d+(?:\.\d+)+[\w.]*)/.exec((await host.readText(readme)) ?? "")?.[1] ?? "",
    },
    { source: `${libraries}/confluence-*.jar`, value: libraryVersion((await host.list(libraries)) ?? []) ?? "" },
  ];
  return found.find(({ value }) => versionText.test(value)) ?? { tried: found.map(({ source }) => source) };
}

function libraryVersion(names: readonly string[]): string | undefined {
  const versions = names.map((name) => /^confluence-(\d+(?:\.\d+)+)\.jar$/.exec(name)?.[1]);
  return versions.find((version) => version !== undefined);
}

/** The newest completed upgrade: Confluence adds a row to CONFVERSION for each build that it was upgraded to. */
export async function readDatabaseBuild(
  query: Query,
  database: DatabaseSettings,
): Promise<{ build: number; tag: string | undefined } | undefined> {
  const schema = database.engine === "postgresql" ? "current_schema()" : "DATABASE()";
  const tables = await query(
    database,
    `SELECT table_name FROM information_schema.tables WHERE table_schema = ${schema} AND LOWER(table_name) = 'confversion'`,
  );
  const table = tables[0]?.[0];
  if (table === undefined || table === null) return undefined;
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
  program: ProgramVersion | { tried: string[] };
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
  const programVersion = "value" in program ? program : undefined;
  const value = configured ?? programVersion?.value;
  if (value === undefined) {
    const tried = "tried" in program ? program.tried : [];
    throw new OperationError(
      "version-unreadable",
      `the version of ${name} cannot be read; looked at:\n${tried.map((place) => `- ${place}`).join("\n")}`,
      {
        hint: `set \`applications.${name}.install\` to the directory of the program files, or \`applications.${name}.version\``,
      },
    );
  }
  const tag = databaseBuild?.tag;
  const sources = [
    { source: "configuration", value: configured },
    { source: "program files", value: programVersion?.value },
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
  if (tag !== undefined && programVersion !== undefined && tag !== programVersion.value) {
    warnings.push(
      `the program files of ${name} are version ${programVersion.value}, its database was last used by ${tag}: an upgrade was not finished, or these are not the program files that run`,
    );
  }
  return { value, sources, warnings };
}
