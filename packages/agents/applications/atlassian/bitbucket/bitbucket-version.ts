import type { VersionPlaces } from "../../version/program.ts";

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
