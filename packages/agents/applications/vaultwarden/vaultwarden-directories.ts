import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import { type Candidate, type Found, findPlace } from "../search.ts";
import { findOwnUnit } from "../service/own-unit.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";

/** The folders that have a setting of their own, with their names below the data folder. */
const folders = {
  attachments: "ATTACHMENTS_FOLDER",
  sends: "SENDS_FOLDER",
  templates: "TEMPLATES_FOLDER",
} as const;

export type VaultwardenFolder = keyof typeof folders;

export interface VaultwardenDirectories {
  unit: ServiceUnit | undefined;
  /** The file of variables, usually `.env`; undefined where there is none. */
  envFile: Found | undefined;
  /** `DATA_FOLDER`; undefined where it is object storage. */
  data: Found | undefined;
  /** Where one of the folders is; undefined where it is object storage. */
  folders: Readonly<Record<VaultwardenFolder, string | undefined>>;
  /** The settings of the admin page. */
  adminConfig: string | undefined;
  /** The path of the key that signs logins, without `.pem` and its like. */
  rsaKey: string | undefined;
  databaseUrl: { text: string; source: string } | undefined;
  /** Files that variables name: values (`NAME_FILE`) and the certificate of `ROCKET_TLS`. */
  namedFiles: readonly string[];
  /** What object storage has, as it is named in the settings. */
  remote: readonly string[];
  workingDirectory: string;
}

const usualEnvFiles = [
  "/etc/vaultwarden.env",
  "/etc/vaultwarden/config.env",
  "/etc/default/vaultwarden",
  "/opt/vaultwarden/.env",
];
const usualData = [
  "/var/lib/vaultwarden/data",
  "/var/lib/vaultwarden",
  "/opt/vaultwarden/data",
  "/var/lib/bitwarden_rs",
  "/data",
  "/vw-data",
];
const dataFiles = ["db.sqlite3", "rsa_key.pem", "rsa_key.der", "config.json"];

/** Finds the data by the variables that Vaultwarden reads: those of its unit, then those of its file of variables. */
export async function findVaultwardenDirectories(request: LocateRequest): Promise<VaultwardenDirectories> {
  const { settings, host } = request;
  const unit = await findOwnUnit(request, ["vaultwarden", "bitwarden_rs"]);
  // A service without a working directory has `/`, as the image has.
  const workingDirectory = unit?.workingDirectory ?? "/";
  const envFile = await findEnvFile(request, unit, workingDirectory);
  const { variable, namedFiles } = await readVariables(host, unit, envFile);
  const place = async (key: string) => {
    const found = await variable(key);
    return found === undefined
      ? undefined
      : { ...found, path: isRemote(found.text) ? undefined : resolve(workingDirectory, found.text) };
  };
  const dataFolder = await place("DATA_FOLDER");
  const isRemoteData = dataFolder !== undefined && dataFolder.path === undefined && settings.home === undefined;
  const data = isRemoteData ? undefined : await findData(request, { unit, workingDirectory, named: dataFolder });
  const own = new Map<VaultwardenFolder, string | undefined>();
  const remote = isRemoteData ? [dataFolder.text] : [];
  for (const [folder, key] of Object.entries(folders) as [VaultwardenFolder, string][]) {
    const named = await place(key);
    if (named !== undefined && named.path === undefined) remote.push(named.text);
    own.set(folder, named === undefined ? data && join(data.path, folder) : named.path);
  }
  return {
    unit,
    envFile,
    data,
    folders: { attachments: own.get("attachments"), sends: own.get("sends"), templates: own.get("templates") },
    adminConfig: (await place("CONFIG_FILE"))?.path ?? (data && join(data.path, "config.json")),
    rsaKey: (await place("RSA_KEY_FILENAME"))?.path ?? (data && join(data.path, "rsa_key")),
    databaseUrl: await variable("DATABASE_URL"),
    namedFiles,
    remote,
    workingDirectory,
  };
}

/** The names of the key's files: it has been `.pem` since 1.20, and two `.der` with `.pub.der` before. */
export async function rsaKeyFiles(host: Host, rsaKey: string): Promise<string[]> {
  const names = (await host.list(dirname(rsaKey))) ?? [];
  return names.filter((name) => name.startsWith(`${basename(rsaKey)}.`));
}

// `s3://bucket/path`
function isRemote(path: string): boolean {
  return /^[a-z0-9]+:\/\//i.test(path);
}

async function findEnvFile(
  { name, settings, host }: LocateRequest,
  unit: ServiceUnit | undefined,
  workingDirectory: string,
): Promise<Found | undefined> {
  const key = `applications.${name}.configFile`;
  const named = unit?.environment.get("ENV_FILE");
  const sure = [
    ...(settings.configFile === undefined ? [] : [{ path: settings.configFile, source: key }]),
    ...(named
      ? [{ path: resolve(workingDirectory, named), source: `ENV_FILE in the environment of ${unit?.path}` }]
      : []),
  ];
  const check = async (path: string) => ((await host.kind(path)) === "file" ? undefined : "no such file");
  if (sure.length > 0)
    return await findPlace({ what: "Vaultwarden's file of variables", key, candidates: sure, check });
  const guesses =
    unit === undefined
      ? usualEnvFiles.map((path) => ({ path, source: "the vendor's default" }))
      : [{ path: join(workingDirectory, ".env"), source: "the service's working directory" }];
  for (const guess of guesses) if ((await check(guess.path)) === undefined) return guess;
  return undefined;
}

interface Variables {
  variable(name: string): Promise<{ text: string; source: string } | undefined>;
  namedFiles: string[];
}

// What the service has already is not read from the file of variables; `NAME_FILE` names a file that has the value.
async function readVariables(
  host: Host,
  unit: ServiceUnit | undefined,
  envFile: Found | undefined,
): Promise<Variables> {
  const content = envFile === undefined ? undefined : await host.readText(envFile.path);
  const written = new Map(Object.entries(content === undefined ? {} : parseEnv(content)));
  const direct = (name: string) => {
    const inUnit = unit?.environment.get(name);
    if (inUnit) return { text: inUnit, source: `${name} in the environment of ${unit?.path}` };
    const inFile = written.get(name);
    return inFile ? { text: inFile, source: `${name} in ${envFile?.path}` } : undefined;
  };
  const names = new Set([...written.keys(), ...(unit?.environment.keys() ?? [])]);
  return {
    async variable(name) {
      const found = direct(name);
      const file = direct(`${name}_FILE`);
      if (found !== undefined || file === undefined) return found;
      const value = await host.readText(file.text);
      if (value !== undefined) return { text: value.trim(), source: file.text };
      throw new OperationError("application-unreadable", `${file.source} names ${file.text}, which does not exist`, {
        hint: "put the file back, or correct the variable; Vaultwarden itself does not start like this",
      });
    },
    namedFiles: [...names].flatMap((name) => filesNamedBy(name, direct(name)?.text ?? "")),
  };
}

const otherFiles = ["ENV_FILE", "CONFIG_FILE", "LOG_FILE"];

// `ROCKET_TLS={certs="/etc/ssl/vault.pem",key="/etc/ssl/vault.key"}`
function filesNamedBy(name: string, text: string): string[] {
  if (name === "ROCKET_TLS") return [...text.matchAll(/["'](\/[^"']+)["']/g)].map(([, path = ""]) => path);
  return name.endsWith("_FILE") && !otherFiles.includes(name) && isAbsolute(text) ? [text] : [];
}

interface DataSearch {
  unit: ServiceUnit | undefined;
  workingDirectory: string;
  named: { path: string | undefined; source: string } | undefined;
}

async function findData({ name, settings, host }: LocateRequest, search: DataSearch): Promise<Found> {
  const { unit, workingDirectory, named } = search;
  const guess = (path: string, source: string): Candidate => ({ path, source, isGuess: true });
  return await findPlace({
    what: "the data folder of Vaultwarden",
    key: `applications.${name}.home`,
    candidates: [
      { path: settings.home, source: `applications.${name}.home` },
      ...(named === undefined ? [] : [named]),
      ...(unit === undefined ? [] : [guess(join(workingDirectory, "data"), "the service's working directory")]),
      ...usualData.map((path) => guess(path, "the vendor's default")),
    ],
    async check(path) {
      if ((await host.kind(path)) !== "directory") return "no such directory";
      const kinds = await Promise.all(dataFiles.map((file) => host.kind(join(path, file))));
      return kinds.includes("file") ? undefined : `none of ${dataFiles.join(", ")} in it`;
    },
  });
}

/** A path of the settings as it is meant: relative ones start at the working directory. */
export function fromWorkingDirectory({ workingDirectory }: VaultwardenDirectories, path: string): string {
  return isAbsolute(path) ? path : join(workingDirectory, path);
}
