import { basename } from "node:path";
import type { Host } from "../../host.ts";
import type { VersionReading } from "../../version-readings.ts";
import type { VersionPlaces } from "../program-version.ts";

const webapps = ["app", "atlassian-bitbucket", "atlassian-stash"];

export const bitbucketVersionPlaces: VersionPlaces = {
  maven: [
    "app/META-INF/maven/com.atlassian.bitbucket.server/*/pom.properties",
    "atlassian-bitbucket/META-INF/maven/com.atlassian.bitbucket.server/*/pom.properties",
    "atlassian-stash/META-INF/maven/com.atlassian.stash/*/pom.properties",
  ],
  libraries: webapps.map((webapp) => ({
    directory: `${webapp}/WEB-INF/lib`,
    prefix: webapp === "atlassian-stash" ? "stash-*-" : "bitbucket-*-",
  })),
};

/** The version in the name of the program files' directory: `/opt/atlassian/bitbucket/8.9.4`, `…/atlassian-bitbucket-8.9.4`. */
export async function readDirectoryVersion(host: Host, install: string | undefined): Promise<VersionReading> {
  const path = install === undefined ? undefined : await host.realPath(install);
  return {
    source: "name of the program files' directory",
    place: `the name of ${path ?? "the program files' directory"}`,
    value: /^(?:atlassian-(?:bitbucket|stash)-)?(\d+(?:\.\d+)+[\w.-]*)$/.exec(basename(path ?? ""))?.[1],
  };
}
