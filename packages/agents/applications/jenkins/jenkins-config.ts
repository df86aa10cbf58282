import { join } from "node:path";
import { parseXml } from "@catapullt/core/version/xml";
import { selectText } from "@catapullt/core/version/xml-path";
import { isInside } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { jenkinsConfigFile } from "./jenkins-directories.ts";

/** What the main configuration file says. */
export interface JenkinsConfig {
  path: string;
  /** The release that wrote it last. */
  version: string | undefined;
  /** Where build records are, if outside of their jobs: the part of the path that all have in common. */
  builds: string | undefined;
  /** The same for workspaces. */
  workspaces: string | undefined;
  /** Whether Jenkins keeps users and passwords itself, in `users`. */
  hasOwnUsers: boolean;
}

/** Reads `config.xml` of a home. Throws `application-unreadable` where it is not XML. */
export async function readJenkinsConfig(host: Host, home: string): Promise<JenkinsConfig> {
  const path = join(home, jenkinsConfigFile);
  const root = parseXml((await host.readText(path)) ?? "<hudson/>", { file: path });
  const text = (name: string) => selectText(root, `/*/${name}`)?.trim() || undefined;
  return {
    path,
    version: text("version"),
    builds: commonDirectory(text("buildsDir"), home),
    workspaces: commonDirectory(text("workspaceDir"), home),
    hasOwnUsers: selectText(root, "/*/securityRealm/@class") === "hudson.security.HudsonPrivateSecurityRealm",
  };
}

// `${JENKINS_HOME}/builds/${ITEM_FULL_NAME}`: what stands before the item; undefined for paths that begin at the item itself.
function commonDirectory(template: string | undefined, home: string): string | undefined {
  const [before = ""] = (template ?? "")
    .replace(/^\$\{(?:JENKINS|HUDSON)_HOME\}|^\$(?:JENKINS|HUDSON)_HOME\b/, home)
    .split("$");
  const directory = before.replace(/\/[^/]*$/, "");
  return before.startsWith("/") && directory !== "" && !isInside(home, directory) ? directory : undefined;
}
