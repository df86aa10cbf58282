import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { customisationTree } from "../files/customisations.ts";
import { isInside, type TreeDraft } from "../files/trees.ts";
import { findUserHome } from "../files/user-home.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { serviceTrees } from "../service/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { SonarqubeSettings } from "./sonarqube-settings.ts";

const dataRules: readonly ExcludeRule[] = [
  { pattern: "es*/**", reason: "search index: rebuilt from the database" },
  { pattern: "web/**", reason: "unpacked plugins: made anew" },
  { pattern: "sonar.*.db", reason: "the built-in database, which is not in use" },
];

// Where administrators set the user that it runs as, and memory.
const customisations = ["bin/linux-x86-64/sonar.sh", "bin/linux-x86-32/sonar.sh"];

export interface SonarqubeDirectories {
  home: string;
  install: string | undefined;
  unit: ServiceUnit | undefined;
  settings: SonarqubeSettings;
}

/** The directory of search index and embedded database. */
export function sonarqubeData({ home, settings }: Pick<SonarqubeDirectories, "home" | "settings">): string {
  const path = settings.read("sonar.path.data")?.text ?? "data";
  return isAbsolute(path) ? path : join(home, path);
}

/** The file with the key that encrypts settings; undefined where nothing tells where it is. */
export async function findSecretKey(
  host: Host,
  { home, settings, unit }: SonarqubeDirectories,
): Promise<string | undefined> {
  const named = settings.read("sonar.secretKeyPath")?.text;
  if (named !== undefined) return isAbsolute(named) ? named : join(home, named);
  const userHome = await findUserHome(host, unit?.user === undefined ? ["sonarqube", "sonar"] : [unit.user]);
  return userHome === undefined ? undefined : join(userHome, ".sonar/sonar-secret.txt");
}

/** What to save of a SonarQube: what the database does not have, and none of the program. */
export async function sonarqubeTrees(
  host: Host,
  directories: SonarqubeDirectories,
  secretKey: string | undefined,
): Promise<TreeDraft[]> {
  const { home, install, unit } = directories;
  const trees: TreeDraft[] = [
    { label: "conf", root: join(home, "conf") },
    { label: "extensions", root: join(home, "extensions") },
    { label: "data", root: sonarqubeData(directories), exclude: dataRules },
  ];
  return [
    ...trees.map((tree) => ({ ...tree, keys: keysIn(tree, secretKey) })),
    ...(await secretKeyTree(host, trees, secretKey)),
    ...(await customisationTree(host, install, customisations)),
    ...serviceTrees(unit),
  ];
}

function keysIn({ root }: TreeDraft, secretKey: string | undefined): string[] {
  return secretKey !== undefined && isInside(secretKey, root) ? [relative(root, secretKey)] : [];
}

async function secretKeyTree(
  host: Host,
  trees: readonly TreeDraft[],
  secretKey: string | undefined,
): Promise<TreeDraft[]> {
  if (secretKey === undefined || trees.some(({ root }) => isInside(secretKey, root))) return [];
  if ((await host.kind(secretKey)) !== "file") return [];
  const name = basename(secretKey);
  return [{ label: "secret-key", root: dirname(secretKey), include: [name], keys: [name] }];
}

/** Says so where settings are encrypted and the key to them is not part of the backup. */
export async function secretKeyWarnings(
  host: Host,
  { settings }: SonarqubeDirectories,
  secretKey: string | undefined,
): Promise<string[]> {
  const isMissing = secretKey === undefined || (await host.kind(secretKey)) !== "file";
  if (!isMissing || (!settings.hasEncryptedValues && settings.read("sonar.secretKeyPath") === undefined)) return [];
  const place = secretKey ?? "~/.sonar/sonar-secret.txt of the user that runs SonarQube";
  return [
    `the key to SonarQube's encrypted settings was not found (${place}): keep it too, nothing in this archive opens them; \`sonar.secretKeyPath\` in ${settings.path} says where it is`,
  ];
}
