import { join } from "node:path";
import { readPhpEnvironment } from "../configuration-files/php/environment.ts";
import { knownPath } from "../configuration-files/php/php-config.ts";
import { toText } from "../configuration-files/php/value.ts";
import { findWebApplication } from "../configuration-files/php/web-roots.ts";
import { requireDirectory } from "../files/require-directory.ts";
import { type Found, findPlace } from "../search.ts";
import type { LocateRequest } from "../type.ts";
import { type NextcloudConfig, readNextcloudConfig } from "./nextcloud-config.ts";

export interface NextcloudDirectories {
  /** The program files: `OC::$SERVERROOT`. */
  home: Found;
  configFile: Found;
  config: NextcloudConfig;
  data: Found;
  /** Of `apps_paths`. */
  apps: readonly string[];
  warnings: string[];
}

/** Finds program files, config.php and data. Throws `application-not-found` or `application-unreadable`. */
export async function findNextcloud(request: LocateRequest): Promise<NextcloudDirectories> {
  const { host } = request;
  const { home, warnings } = await findWebApplication(request, {
    title: "Nextcloud",
    mark: "occ",
    usual: ["/var/www/nextcloud", "/usr/share/nextcloud", "/srv/nextcloud"],
  });
  const configFile = await findConfigFile(request, home.path);
  const config = await readNextcloudConfig(request, { home: home.path, path: configFile.path });
  const ownData = knownPath(request, config.value("datadirectory"), "datadirectory");
  const data = await requireDirectory(
    host,
    ownData === undefined
      ? { path: join(home.path, "data"), source: "the usual place" }
      : { path: ownData, source: `datadirectory in ${configFile.path}` },
  );
  const marks = await Promise.all([".ncdata", ".ocdata"].map((name) => host.kind(join(data.path, name))));
  const isEmpty = marks.every((kind) => kind === undefined);
  const unmarked = `${data.path} has neither .ncdata nor .ocdata, with which Nextcloud marks its data: is a disk not mounted?`;
  return {
    home,
    configFile,
    config,
    data,
    apps: readAppPaths(config),
    warnings: [...warnings, ...config.warnings, ...(isEmpty ? [unmarked] : []), ...storageWarnings(config)],
  };
}

async function findConfigFile({ name, settings, host }: LocateRequest, home: string): Promise<Found> {
  const directory = (await readPhpEnvironment(host)).variables.get("NEXTCLOUD_CONFIG_DIR");
  return await findPlace({
    what: "config.php of Nextcloud",
    key: `applications.${name}.configFile`,
    candidates: [
      ...(settings.configFile === undefined
        ? []
        : [{ path: settings.configFile, source: `applications.${name}.configFile` }]),
      ...(directory === undefined
        ? []
        : [{ path: join(directory, "config.php"), source: "NEXTCLOUD_CONFIG_DIR in the environment of PHP" }]),
      { path: join(home, "config/config.php"), source: "the usual place", isGuess: true },
      { path: "/etc/nextcloud/config.php", source: "a usual place", isGuess: true },
    ],
    check: async (path) => ((await host.kind(path)) === "file" ? undefined : "no such file; is Nextcloud set up?"),
  });
}

function readAppPaths(config: NextcloudConfig): string[] {
  const paths = config.value("apps_paths");
  if (!(paths instanceof Map)) return [];
  return [...paths.values()].flatMap((entry) => {
    const path = entry instanceof Map ? toText(entry.get("path") ?? null) : undefined;
    return path ? [path] : [];
  });
}

// Also where that is only perhaps so.
function storageWarnings(config: NextcloudConfig): string[] {
  const keys = ["objectstore", "objectstore_multibucket"].filter((key) => config.value(key) !== undefined);
  return keys.map((key) => `${key} keeps users' files in object storage: what is there is not part of this backup`);
}
