import { assembleApplication } from "../assemble.ts";
import type { ApplicationType, LocateRequest } from "../type.ts";
import { readJenkinsConfig } from "./jenkins-config.ts";
import { findJenkinsDirectories } from "./jenkins-directories.ts";
import { jenkinsRestoreNotes } from "./jenkins-restore.ts";
import { jenkinsSanityChecks } from "./jenkins-sanity.ts";
import { jenkinsTrees } from "./jenkins-trees.ts";
import { captureJenkinsVersion } from "./jenkins-version.ts";
import { quietDown } from "./quiet-down.ts";

/** Jenkins: everything is in files. */
export const jenkins: ApplicationType = {
  name: "jenkins",
  title: "Jenkins",
  keys: ["home", "install", "maintenance", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: jenkinsSanityChecks,
};

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const { home, war, unpacked, usualUrl, isRunning } = await findJenkinsDirectories(request);
  const config = await readJenkinsConfig(host, home.path);
  const { consistency, warnings } = await quietDown(request, { usualUrl, isRunning });
  const keysWarning = `the vendor wants the keys of Jenkins away from its other data: whoever has this archive can read all credentials in it; set \`applications.${name}.keys\` to \`separate\`, or to \`included\` to say nothing more of it`;
  return assembleApplication(jenkins, request, {
    home,
    install: war,
    trees: await jenkinsTrees(host, home.path, config),
    consistency,
    warnings: [...warnings, ...(settings.keys === undefined ? [keysWarning] : [])],
    captureVersion: () => captureJenkinsVersion(request, home.path, unpacked),
    restoreNotes: (version) => jenkinsRestoreNotes({ version, home: home.path, war: war?.path }),
  });
}
