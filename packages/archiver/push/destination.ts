import { sidecarName } from "@catapullt/core/archive/sidecar";
import { partName } from "@catapullt/core/atomic-file";
import { readSidecar, type SidecarContent } from "../pull/survey.ts";
import type { Depot } from "../remote/depot.ts";
import type { RemoteEntry, RemotePath } from "../remote/remote.ts";

/** What lies at the destination where an archive goes. */
export interface Counterpart {
  archive: RemoteEntry | undefined;
  /** Its content, where it is a file. */
  sidecar: SidecarContent | undefined;
  part: RemoteEntry | undefined;
  /** What has one of the names, or the application's directory, and is none of ours. */
  obstacle: string | undefined;
}

/** Looks at where archives go. Nothing is changed there. Fails with `destination-unusable` where the directory is missing. */
export async function lookAtDestination(
  depot: Depot,
  archives: readonly RemotePath[],
): Promise<(archive: RemotePath) => Counterpart> {
  const directories = new Map((await depot.list()).map(({ name, kind }) => [name, kind]));
  const entries = new Map<string, RemoteEntry>();
  for (const application of new Set(archives.map((archive) => archive.application))) {
    if (directories.get(application) !== "directory") continue;
    for (const entry of await depot.listApplication(application)) entries.set(`${application}/${entry.name}`, entry);
  }
  const sidecars = new Map<string, SidecarContent>();
  for (const { application, name } of archives) {
    if (entries.get(`${application}/${sidecarName(name)}`)?.kind !== "file") continue;
    const content = await readSidecar(depot, { application, name });
    if (content !== undefined) sidecars.set(`${application}/${name}`, content);
  }
  return ({ application, name }) => {
    const find = (file: string) => entries.get(`${application}/${file}`);
    const kind = directories.get(application);
    const names = [name, sidecarName(name), partName(name), partName(sidecarName(name))];
    const foreign = names.map(find).find((entry) => entry !== undefined && entry.kind !== "file");
    return {
      archive: find(name),
      sidecar: sidecars.get(`${application}/${name}`),
      part: find(partName(name)),
      obstacle:
        kind !== undefined && kind !== "directory"
          ? describe({ name: application, kind }, "directory")
          : foreign && describe({ ...foreign, name: `${application}/${foreign.name}` }, "file"),
    };
  };
}

function describe({ name, kind }: Pick<RemoteEntry, "name" | "kind">, expected: string): string {
  return `${name} is ${kind === "other" ? "something else" : `a ${kind}`} there, and no ${expected}`;
}
