import { basename, dirname, join } from "node:path";
import { assembleApplication } from "../assemble.ts";
import { isInside, type TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { Found } from "../search.ts";
import { filesByDirectory, serviceTrees } from "../service/trees.ts";
import type { ApplicationType, ExcludeRule, LocateRequest } from "../type.ts";
import { askVersion } from "../version/asked.ts";
import { combineReadings } from "../version/readings.ts";
import { findVaultwardenDatabase } from "./vaultwarden-database.ts";
import { findVaultwardenDirectories, rsaKeyFiles, type VaultwardenDirectories } from "./vaultwarden-directories.ts";
import { vaultwardenSanityChecks } from "./vaultwarden-sanity.ts";

/** Vaultwarden, once bitwarden_rs. */
export const vaultwarden: ApplicationType = {
  name: "vaultwarden",
  title: "Vaultwarden",
  keys: ["home", "install", "configFile", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: vaultwardenSanityChecks,
};

const rules: readonly ExcludeRule[] = [
  { pattern: "icon_cache/**", reason: "the icons of websites: fetched anew" },
  { pattern: "tmp/**", reason: "uploads that are not finished" },
  { pattern: "db_*.sqlite3", reason: "Vaultwarden's own backups of the database" },
  { pattern: "vaultwarden.log", reason: "logs" },
];

async function locate(request: LocateRequest) {
  const { name, host } = request;
  const directories = await findVaultwardenDirectories(request);
  const { envFile, data, unit, remote } = directories;
  const program = await findProgram(request, unit?.command[0], unit?.path);
  return assembleApplication(vaultwarden, request, {
    home: data,
    install: program,
    evidence: envFile === undefined ? [] : [{ what: "configuration", value: envFile.path, source: envFile.source }],
    database: () => findVaultwardenDatabase(host, directories, `applications.${name}.database`),
    trees: await vaultwardenTrees(host, directories),
    warnings: remote.map((place) => `Vaultwarden keeps files in ${place}: they are not part of this backup`),
    captureVersion: async () =>
      combineReadings(request, [
        await askVersion(host, {
          path: program?.path,
          wanted: "vaultwarden, the unit's program or one in PATH",
          args: ["--version"],
          pattern: /^(?:vaultwarden|bitwarden_rs)\s+v?(\d\S*)/im,
        }),
      ]),
    restoreNotes: (version, database) => [
      ...(database?.engine === "sqlite"
        ? [
            `Only \`${database.file}\` may be there when Vaultwarden starts: a \`-wal\` or \`-shm\` beside it that is left from before destroys it. \`rm -f ${database.file}-wal ${database.file}-shm\``,
          ]
        : []),
      `\`${directories.rsaKey ?? "rsa_key"}.*\` signs logins: with another one everybody has to log in again. What is set in \`config.json\` is stronger than the variables.`,
      `Give the files to the user that runs it: \`chown -R ${unit?.user ?? "vaultwarden"}: ${data?.path ?? "DATA_FOLDER"}\``,
      `Start Vaultwarden ${version}, or a newer one, which changes the database at its first start. The domain (\`DOMAIN\`) must be the same for passkeys and two-step logins to go on working.`,
    ],
  });
}

async function vaultwardenTrees(host: Host, directories: VaultwardenDirectories): Promise<TreeDraft[]> {
  const { data, envFile, folders, adminConfig, rsaKey, unit, namedFiles } = directories;
  const home = data === undefined ? [] : [{ label: "data", root: data.path, exclude: rules, keys: keyPatterns() }];
  return [
    ...home,
    ...Object.entries(folders).flatMap(([label, root]) => (root === undefined ? [] : [{ label, root }])),
    ...(adminConfig === undefined || isHome(adminConfig) ? [] : filesByDirectory("admin-config", [adminConfig])),
    ...(await separateKeyFiles()),
    ...(envFile === undefined ? [] : [{ label: "config", root: envFile.path }]),
    ...filesByDirectory("settings", namedFiles),
    ...serviceTrees(unit),
  ];

  function isHome(path: string): boolean {
    return data !== undefined && isInside(path, data.path);
  }

  function keyPatterns(): string[] {
    return rsaKey !== undefined && dirname(rsaKey) === data?.path ? [`${basename(rsaKey)}.*`] : [];
  }

  async function separateKeyFiles(): Promise<TreeDraft[]> {
    if (rsaKey === undefined || isHome(rsaKey)) return [];
    const names = await rsaKeyFiles(host, rsaKey);
    return names.length === 0 ? [] : [{ label: "rsa-key", root: dirname(rsaKey), include: names, keys: names }];
  }
}

/** The program: configured (it or its directory), the service's, or a usual one. */
async function findProgram(
  { name, settings, host }: LocateRequest,
  ofUnit: string | undefined,
  unit: string | undefined,
): Promise<Found | undefined> {
  const { install } = settings;
  const places =
    install === undefined
      ? [
          { names: ofUnit === undefined ? [] : [ofUnit], source: unit ?? "" },
          { names: ["vaultwarden", "bitwarden_rs"], source: "PATH" },
          {
            names: ["/usr/bin/vaultwarden", "/opt/vaultwarden/vaultwarden", "/vaultwarden"],
            source: "the vendor's default",
          },
        ]
      : [{ names: [install, join(install, "vaultwarden")], source: `applications.${name}.install` }];
  for (const { names, source } of places) {
    const path = await host.findProgram(names);
    if (path !== undefined) return { path, source };
  }
  return undefined;
}
