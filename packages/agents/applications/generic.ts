import { basename } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { resolveDatabase } from "./database/settings.ts";
import { applyFileRules } from "./files/exclude-rules.ts";
import { completeTrees, databaseFileRules } from "./files/trees.ts";
import type { ApplicationType, LocatedApplication, LocateRequest } from "./type.ts";
import { readConfiguredVersion } from "./version/configured.ts";

/** Anything else: version, databases and paths come from the agent's configuration alone. */
export const generic: ApplicationType = {
  name: "generic",
  title: "any other application",
  keys: ["databases", "paths"],
  requiredKeys: ["version"],
  locate,
  sanityChecks: [],
};

async function locate({ name, settings, host }: LocateRequest): Promise<LocatedApplication> {
  const { databases = [], paths = [], version } = settings;
  if (databases.length === 0 && paths.length === 0) {
    throw new OperationError(
      "config-invalid",
      `applications.${name} has neither databases nor paths: there is nothing to back up`,
      {
        hint: `set \`applications.${name}.databases\` or \`applications.${name}.paths\``,
      },
    );
  }
  for (const path of paths) {
    if ((await host.kind(path)) === undefined) {
      throw new OperationError("application-not-found", `${path} does not exist`, {
        hint: `correct it in \`applications.${name}.paths\`, or mount the disk that it is on`,
      });
    }
  }
  const request = { application: name, title: name, environment: host.environment };
  const resolved = await Promise.all(databases.map((given) => resolveDatabase(undefined, { ...request, given })));
  const drafts = paths.map((path) => ({
    label: basename(path),
    root: path,
    exclude: resolved.flatMap(({ file }) => databaseFileRules(path, file)),
  }));
  const { trees, warnings } = applyFileRules(await completeTrees(host, drafts), settings.files);
  return {
    name,
    type: generic.name,
    home: undefined,
    install: undefined,
    evidence: paths.map((path) => ({ what: "path", value: path, source: `applications.${name}.paths` })),
    databases: resolved.map((database) =>
      database.file === undefined ? database : { ...database, file: host.locate(database.file) },
    ),
    trees,
    consistency: undefined,
    keys: "included",
    warnings,
    async captureVersion() {
      const value = (await readConfiguredVersion(version, host)) ?? "";
      return { value, sources: [{ source: "configuration", value }], warnings: [] };
    },
    restoreNotes: () => [],
  };
}
