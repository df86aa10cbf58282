import { join } from "node:path";
import type { DatabaseSettings } from "../../databases/engine.ts";
import { findTable } from "../database/find-table.ts";
import type { Host } from "../host.ts";
import type { Query } from "../type.ts";
import { readDirectoryVersion, readProgramVersion } from "../version/program.ts";
import type { VersionReading } from "../version/readings.ts";

/** The version by `version.txt`, a library or the directory's name. */
export async function readKeycloakVersions(
  host: Host,
  install: string | undefined,
  installProblem: string | undefined,
): Promise<VersionReading[]> {
  const libraries = [{ directory: "lib/lib/main", prefix: "org.keycloak.keycloak-server-spi-" }];
  const program = await readProgramVersion(host, install, { maven: [], libraries }, installProblem);
  const directory = await readDirectoryVersion(host, install);
  if (install === undefined) return [program, directory];
  const place = join(install, "version.txt");
  const value = /Version\s+(\d\S*)/.exec((await host.readText(place)) ?? "")?.[1];
  return [{ source: "version.txt", place, value }, program, directory];
}

/** The version that last used the database. */
export async function readModelVersion(
  database: DatabaseSettings | undefined,
  query: Query | undefined,
): Promise<VersionReading> {
  const reading = { source: "database", place: "the table MIGRATION_MODEL" };
  if (database === undefined || query === undefined) return { ...reading, value: undefined };
  const table = await findTable(query, database, "migration_model");
  if (table === undefined) return { ...reading, value: undefined };
  const [[value] = []] = await query(database, `SELECT version FROM ${table} ORDER BY update_time DESC LIMIT 1`);
  return { ...reading, value: value ?? undefined };
}
