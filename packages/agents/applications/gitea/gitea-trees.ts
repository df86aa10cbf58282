import type { TreeDraft } from "../files/trees.ts";
import type { ExcludeRule } from "../type.ts";
import { below, type GiteaDirectories } from "./gitea-directories.ts";

const dataRules: readonly ExcludeRule[] = [
  { pattern: "log/**", reason: "logs" },
  { pattern: "sessions/**", reason: "users log in again" },
  { pattern: "indexers/**", reason: "search indexes: Gitea makes them anew" },
  { pattern: "queues/**", reason: "work in progress of the running process" },
  { pattern: "tmp/**", reason: "temporary files" },
  { pattern: "repo-archive/**", reason: "downloads: Gitea makes them anew" },
];

const storageSections = ["attachment", "lfs", "packages"];

type Places = Pick<GiteaDirectories, "configFile" | "ini" | "workPath" | "customPath" | "dataPath" | "repositories">;

/** What to save; what lies inside another of these directories needs no tree of its own. */
export function giteaTrees(places: Places): TreeDraft[] {
  return [
    { label: "data", root: places.dataPath, exclude: dataRules },
    { label: "custom", root: places.customPath },
    { label: "config", root: places.configFile.path },
    { label: "repositories", root: places.repositories },
    ...storagePaths(places).map(({ label, path }) => ({ label, root: path })),
  ];
}

// Older versions start at the work path, newer ones at the data path: whichever exists.
function storagePaths({ ini, workPath, dataPath }: Places): { label: string; path: string }[] {
  const paths: { label: string; value: string | undefined }[] = [
    { label: "lfs", value: ini.get("server")?.get("LFS_CONTENT_PATH") },
    { label: "avatars", value: ini.get("picture")?.get("AVATAR_UPLOAD_PATH") },
    { label: "repo-avatars", value: ini.get("picture")?.get("REPOSITORY_AVATAR_UPLOAD_PATH") },
    ...storageSectionNames(ini.keys()).map((section) => ({
      label: section.replace(/^storage\./, ""),
      value: ini.get(section)?.get("PATH"),
    })),
  ];
  return paths.flatMap(({ label, value }) =>
    value ? [below(workPath.path, value), below(dataPath, value)].map((path) => ({ label, path })) : [],
  );
}

/** What is kept in object storage is not on this host, and not in the archive. */
export function remoteStorageWarnings(ini: Places["ini"]): string[] {
  return storageSectionNames(ini.keys())
    .map((section) => ({ section, type: ini.get(section)?.get("STORAGE_TYPE") }))
    .filter(({ type }) => type !== undefined && type !== "" && type !== "local")
    .map(({ section, type }) => `[${section}] in app.ini keeps its files in ${type}: they are not part of this backup`);
}

function storageSectionNames(sections: Iterable<string>): string[] {
  return [...sections].filter(
    (name) => name === "storage" || name.startsWith("storage.") || storageSections.includes(name),
  );
}
