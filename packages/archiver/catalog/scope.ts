import type { DatabaseSync } from "node:sqlite";
import type { ApplicationId, CatalogScope } from "./catalog.ts";

export interface KnownApplication extends ApplicationId {
  id: number;
  /** Of its directory, when its names were last read. */
  stamp: string | undefined;
  unsealed: string[];
}

/** Applications by host and name. */
export function applicationsIn(database: DatabaseSync, { hosts, application }: CatalogScope): KnownApplication[] {
  // Not one condition for both: with an OR, the index would not be used.
  const ofHosts = hosts === undefined ? ":hosts IS NULL" : "host IN (SELECT value FROM json_each(:hosts))";
  const statement = database.prepare(
    `SELECT id, host, name, stamp, unsealed FROM application WHERE ${ofHosts} AND (:application IS NULL OR name = :application)
     ORDER BY host, name`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all({
    hosts: hosts === undefined ? null : JSON.stringify(hosts),
    application: application ?? null,
  });
  return (rows as unknown as ApplicationColumns[]).map(([id, host, name, stamp, unsealed]) => ({
    id,
    host,
    application: name,
    stamp: stamp ?? undefined,
    unsealed: unsealed === null ? [] : (JSON.parse(unsealed) as string[]),
  }));
}

type ApplicationColumns = [number, string, string, string | null, string | null];

/** What is in both. */
export function narrow(scope: CatalogScope, to: CatalogScope = {}): CatalogScope {
  const hosts = to.hosts === undefined ? scope.hosts : to.hosts.filter((host) => scope.hosts?.includes(host) ?? true);
  const isOther =
    scope.application !== undefined && to.application !== undefined && to.application !== scope.application;
  return { hosts: isOther ? [] : hosts, application: to.application ?? scope.application };
}
