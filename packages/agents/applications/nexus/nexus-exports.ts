import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import type { Consistency, LocateRequest } from "../type.ts";

/** What one of Nexus's tasks has written of its built-in database at one time. */
export interface NexusExport {
  kind: "h2" | "orientdb";
  directory: string;
  /** Names of its files, complete. */
  files: string[];
  /** When it was begun, by the names, in this host's time zone. */
  time: Date;
}

/** Where the tasks write to if nothing else is configured: their location `backup`, from the data directory on. */
export function exportsDirectory({ settings }: LocateRequest, home: string): string {
  return settings.exports ?? join(home, "backup");
}

// nexus-2024-05-01-01-00-00.zip, component-2022-10-07-01-00-00-3.41.1-01.bak
const exportName = /^([a-z]+)-((\d{4})-(\d\d)-(\d\d)[-_T]?(\d\d)[-:]?(\d\d)[-:]?(\d\d))(?:\b|_).*\.(zip|bak)$/;
/** Without one of these, what OrientDB has exported cannot be restored. */
const orientParts = ["component", "config", "security"];

/** The newest complete export in a directory; undefined where there is none. */
export async function findNewestExport(host: Host, directory: string): Promise<NexusExport | undefined> {
  const sets = new Map<string, NexusExport & { parts: string[] }>();
  for (const name of (await host.list(directory)) ?? []) {
    const [match, part = "", stamp = "", year, month, day, hour, minute, second, ending] = exportName.exec(name) ?? [];
    if (match === undefined || (ending === "zip" && part !== "nexus")) continue;
    const kind = ending === "zip" ? "h2" : "orientdb";
    const time = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const set = sets.get(`${kind} ${stamp}`) ?? { kind, directory, files: [], parts: [], time };
    set.files.push(name);
    set.parts.push(part);
    sets.set(`${kind} ${stamp}`, set);
  }
  const complete = [...sets.values()].filter(
    ({ kind, parts }) => kind === "h2" || orientParts.every((part) => parts.includes(part)),
  );
  const newest = complete.toSorted((one, other) => other.time.getTime() - one.time.getTime())[0];
  if (newest === undefined) return undefined;
  const { parts: _, ...found } = newest;
  return found;
}

/** How old an export may be, in hours: one of each night, and some for a task that is slow. */
const freshFor = 26;

/** Why an export is too old to be backed up with blobs of now; undefined where it is not. */
export function describeStale({ files, directory, time }: NexusExport, now: Date): string | undefined {
  if (now.getTime() - time.getTime() <= freshFor * 3_600_000) return undefined;
  return `the newest export of the database in ${directory}, ${files[0]}, is more than ${freshFor} hours old`;
}

/** The task's name in Nexus, as its administration shows it. */
export const taskNames = { h2: "Admin - Backup H2 Database", orientdb: "Admin - Export databases for backup" } as const;

/** Refuses a backup whose database would be older than its blobs; nothing is changed, so that nothing has to be taken back. */
export function requireFreshExport(found: NexusExport): Consistency {
  return {
    title: "the check that the database was exported",
    async begin() {
      const problem = describeStale(found, new Date());
      if (problem === undefined) return;
      throw new OperationError("consistency-failed", problem, {
        hint: `look at the task '${taskNames[found.kind]}' in Nexus: it has to run before each backup`,
      });
    },
    end: async () => undefined,
    byHand: () => "nothing has to be done",
  };
}
