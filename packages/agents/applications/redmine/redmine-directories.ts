import { basename, dirname, isAbsolute, join } from "node:path";
import { requireDirectory } from "../files/require-directory.ts";
import type { Host } from "../host.ts";
import { type Found, findPlace } from "../search.ts";
import { findOwnUnit } from "../service/own-unit.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";
import { readRubySettings } from "./ruby-settings.ts";

export interface RedmineDirectories {
  unit: ServiceUnit | undefined;
  /** The program files; undefined where they are not on this host. */
  install: Found | undefined;
  /** The program files too, or the directory of an instance of Debian's package. */
  home: Found;
  /** `config`, or `/etc/redmine/<instance>`. */
  config: string;
  /** Undefined where there is none, as with an image that makes it from variables. */
  databaseFile: Found | undefined;
  attachments: Found;
  /** The other instances of Debian's package. */
  otherInstances: readonly string[];
  isDebian: boolean;
  variable: (name: string) => string | undefined;
  /** `RAILS_ENV`. */
  environment: string;
}

const usualInstalls = [
  "/opt/redmine",
  "/opt/redmine/current",
  "/usr/src/redmine",
  "/srv/redmine",
  "/var/www/redmine",
  "/var/www/html/redmine",
  "/home/redmine/redmine",
  "/usr/share/redmine",
];
export const versionFile = "lib/redmine/version.rb";
const debianInstances = "/var/lib/redmine";
const debianConfig = "/etc/redmine";

/** Finds Redmine: its program files with all in them, or an instance of Debian's package. */
export async function findRedmineDirectories(request: LocateRequest): Promise<RedmineDirectories> {
  const { name, settings, host } = request;
  const unit = await findOwnUnit(request, ["redmine", "redmine-puma", "puma-redmine"]);
  const variable = (wanted: string) => unit?.environment.get(wanted);
  const install = await findInstall(request, unit);
  const isDebian = install !== undefined && (await host.kind(join(install.path, "instances"))) === "directory";
  const instances = isDebian ? ((await host.list(debianConfig)) ?? []) : [];
  const named = settings.home === undefined ? undefined : basename(settings.home);
  const wanted = [named, variable("X_DEBIAN_SITEID"), variable("REDMINE_INSTANCE"), name, "default", instances[0]];
  const instance = wanted.find((candidate) => candidate !== undefined && instances.includes(candidate)) ?? "default";
  const home = await findHome(
    request,
    isDebian ? { path: join(debianInstances, instance), source: "Debian's package" } : install,
  );
  const config = isDebian ? join(debianConfig, instance) : join(home.path, "config");
  const environment = variable("RAILS_ENV") ?? "production";
  const databaseFile = await findDatabaseFile(request, config);
  const base = { host, variable, environment };
  const configDirectory = databaseFile === undefined ? config : dirname(databaseFile.path);
  return {
    unit,
    install,
    home,
    config: configDirectory,
    databaseFile,
    attachments: await findAttachments(base, { home: home.path, install: install?.path, config: configDirectory }),
    otherInstances: instances.filter((other) => other !== instance),
    isDebian,
    variable,
    environment,
  };
}

async function findInstall(
  { name, settings, host }: LocateRequest,
  unit: ServiceUnit | undefined,
): Promise<Found | undefined> {
  const check = async (path: string) =>
    (await host.kind(join(path, versionFile))) === "file" ? undefined : `no Redmine: there is no ${versionFile} in it`;
  const key = `applications.${name}.install`;
  if (settings.install !== undefined) {
    const candidates = [{ path: settings.install, source: key }];
    return await findPlace({ what: "the program files of Redmine", key, candidates, check });
  }
  const places = [
    ...(settings.home === undefined ? [] : [{ path: settings.home, source: `applications.${name}.home` }]),
    ...(unit?.workingDirectory === undefined ? [] : [{ path: unit.workingDirectory, source: unit.path }]),
    ...usualInstalls.map((path) => ({ path, source: "the vendor's default" })),
  ];
  for (const place of places) if ((await check(place.path)) === undefined) return place;
  return undefined;
}

async function findHome({ name, settings, host }: LocateRequest, found: Found | undefined): Promise<Found> {
  const key = `applications.${name}.home`;
  return await findPlace({
    what: "Redmine",
    key,
    candidates: [
      { path: settings.home, source: key },
      ...(found === undefined
        ? usualInstalls.map((path) => ({ path, source: "the vendor's default", isGuess: true }))
        : [found]),
    ],
    async check(path) {
      if ((await host.kind(path)) !== "directory") return "no such directory";
      return found !== undefined || settings.home !== undefined ? undefined : `there is no ${versionFile} in it`;
    },
  });
}

async function findDatabaseFile({ name, settings, host }: LocateRequest, config: string): Promise<Found | undefined> {
  const key = `applications.${name}.configFile`;
  const check = async (path: string) => ((await host.kind(path)) === "file" ? undefined : "no such file");
  if (settings.configFile !== undefined) {
    const candidates = [{ path: settings.configFile, source: key }];
    return await findPlace({ what: "database.yml of Redmine", key, candidates, check });
  }
  const usual = join(config, "database.yml");
  return (await check(usual)) === undefined ? { path: usual, source: "the usual place" } : undefined;
}

interface AttachmentsContext {
  host: Host;
  variable: (name: string) => string | undefined;
  environment: string;
}

async function findAttachments(
  { host, variable, environment }: AttachmentsContext,
  { home, install, config }: { home: string; install: string | undefined; config: string },
): Promise<Found> {
  const file = join(config, "configuration.yml");
  const usual = { path: join(home, "files"), source: "the usual place" };
  // The Ruby of other settings is nothing that a backup depends on.
  if (!/^[ \t]*attachments_storage_path[ \t]*:[ \t]*[^\s#]/m.test((await host.readText(file)) ?? "")) return usual;
  const settings = await readRubySettings(host, file, { sections: ["default", environment], variable });
  const named = settings.value("attachments_storage_path");
  if (named === undefined) return usual;
  const path = isAbsolute(named) ? named : join(install ?? home, named);
  return await requireDirectory(host, { path, source: `attachments_storage_path in ${file}` });
}
