import { isAbsolute, join } from "node:path";
import { isInside, type TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import { filesByDirectory, serviceTrees } from "../service/trees.ts";
import type { ExcludeRule } from "../type.ts";
import type { KeycloakSettings } from "./keycloak-settings.ts";

const dataRules: readonly ExcludeRule[] = [
  { pattern: "h2/**", reason: "the built-in database, which is not in use" },
  { pattern: "tmp/**", reason: "temporary files" },
  { pattern: "log/**", reason: "logs" },
  { pattern: "cache/**", reason: "caches: made anew" },
  { pattern: "transaction-logs/**", reason: "transactions of the running process that are under way" },
];

const historyRule: ExcludeRule = {
  pattern: "standalone_xml_history/**",
  reason: "earlier states of the configuration, which WildFly notes",
};

const keys = ["jks", "jceks", "keystore", "p12", "pfx", "bcfks", "key", "key.pem"].map((ending) => `**/*.${ending}`);

// Options that name a file or a directory of keys, and those that name other files.
const keyOptions = ["https-certificate-key-file", "https-key-store-file", "config-keystore", "vault-file", "vault-dir"];
const fileOptions = ["https-certificate-file", "https-trust-store-file"];

export interface KeycloakPlaces {
  home: string;
  unit: ServiceUnit | undefined;
  settings: KeycloakSettings;
}

/** What to save of a Keycloak since 17: what administrators put into its directories, and files that its settings name elsewhere. */
export async function keycloakTrees(host: Host, { home, unit, settings }: KeycloakPlaces): Promise<TreeDraft[]> {
  return [
    { label: "conf", root: join(home, "conf"), keys },
    ...["themes", "providers"].map((name) => ({ label: name, root: join(home, name) })),
    { label: "data", root: join(home, "data"), exclude: dataRules },
    ...(await namedTrees("key-files", keyOptions)),
    ...(await namedTrees("files", fileOptions)),
    ...configTree(settings.file.path),
    ...serviceTrees(unit),
  ];

  async function namedTrees(label: string, options: readonly string[]): Promise<TreeDraft[]> {
    const files: string[] = [];
    const trees: TreeDraft[] = [];
    for (const option of options) {
      const path = settings.read(option)?.text;
      if (path === undefined || !isAbsolute(path) || isInside(path, home)) continue;
      const kind = await host.kind(path);
      if (kind === "file") files.push(path);
      if (kind === "directory") trees.push({ label, root: path });
    }
    const all = [...filesByDirectory(label, files), ...trees];
    return label === "files" ? all : all.map((tree) => ({ ...tree, keys: tree.include ?? ["**"] }));
  }

  function configTree(path: string): TreeDraft[] {
    return isInside(path, home) ? [] : filesByDirectory("configuration", [path]);
  }
}

/** What to save of one before 17, which runs in a WildFly. */
export function wildflyTrees(home: string, unit: ServiceUnit | undefined): TreeDraft[] {
  return [
    { label: "configuration", root: join(home, "standalone/configuration"), exclude: [historyRule], keys },
    { label: "deployments", root: join(home, "standalone/deployments") },
    ...["themes", "providers"].map((name) => ({ label: name, root: join(home, name) })),
    ...serviceTrees(unit),
  ];
}
