import { join } from "node:path";
import type { Host } from "../host.ts";
import type { VersionReading } from "../version/readings.ts";

/** Version with edition, as GitLab compares it before a restore: `16.8.1` of the Community, `16.8.1-ee` of the Enterprise Edition. */
export async function readGitlabVersions(host: Host, install: string): Promise<VersionReading[]> {
  const file = join(install, "embedded/service/gitlab-rails/VERSION");
  const manifest = join(install, "version-manifest.txt");
  return [
    { source: "program files", place: file, value: /^\s*(\d\S*)\s*$/.exec((await host.readText(file)) ?? "")?.[1] },
    { source: "package", place: manifest, value: packageVersion((await host.readText(manifest)) ?? "") },
  ];
}

// gitlab-ee 16.8.1
function packageVersion(text: string): string | undefined {
  const [, edition, version] = /^gitlab-(ce|ee)\s+(\d\S*)/.exec(text) ?? [];
  if (version === undefined) return undefined;
  return edition === "ee" && !version.endsWith("-ee") ? `${version}-ee` : version;
}
