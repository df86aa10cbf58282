import { dirname, join, resolve } from "node:path";
import type { Host } from "../applications/host.ts";
import type { ArchiveSurvey, SurveyedEntry } from "./survey.ts";

const longestChain = 40;

/**
 * The host with an archive's files in the places where it lacks them, so that an application that is gone is found as it
 * was: where it stood, with which database and password. Programs and processes are the host's own.
 */
export function createArchiveHost(host: Host, { entries }: Pick<ArchiveSurvey, "entries">): Host {
  return {
    ...host,
    async kind(path) {
      const entry = entries.get(follow(entries, path) ?? "");
      return (await host.kind(path)) ?? (entry?.kind === "link" ? undefined : entry?.kind);
    },
    async readText(path) {
      const entry = entries.get(follow(entries, path) ?? "");
      return (await host.readText(path)) ?? (entry?.kind === "file" ? entry.text : undefined);
    },
    async list(directory) {
      const real = follow(entries, directory);
      const archived = [...entries.keys()].filter((path) => path !== real && dirname(path) === real);
      const present = await host.list(directory);
      if (present === undefined && archived.length === 0) return undefined;
      const names = archived.map((path) => path.slice(path.lastIndexOf("/") + 1));
      return [...new Set([...(present ?? []), ...names])].sort();
    },
    async realPath(path) {
      const real = follow(entries, path);
      return (await host.realPath(path)) ?? (real !== undefined && entries.has(real) ? real : undefined);
    },
  };
}

/** The path with the archive's own symbolic links followed; undefined where they lead in a circle. */
function follow(entries: ReadonlyMap<string, SurveyedEntry>, path: string): string | undefined {
  let left = resolve("/", path).split("/").slice(1);
  let real = "/";
  for (let links = 0; left.length > 0; ) {
    const [name = "", ...rest] = left;
    const next = join(real, name);
    const entry = entries.get(next);
    left = rest;
    if (entry?.kind !== "link") {
      real = next;
      continue;
    }
    links += 1;
    if (links > longestChain) return undefined;
    left = [...resolve(real, entry.target).split("/").slice(1), ...rest];
    real = "/";
  }
  return real;
}
