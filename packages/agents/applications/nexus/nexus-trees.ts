import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { customisationTree } from "../files/customisations.ts";
import { linkedDirectories } from "../files/linked-directories.ts";
import { isInside, type TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import type { ExcludeRule } from "../type.ts";
import type { NexusPlaces } from "./nexus-directories.ts";
import type { NexusExport } from "./nexus-exports.ts";

const rules: readonly ExcludeRule[] = [
  { pattern: "cache/**", reason: "unpacked bundles: made anew" },
  { pattern: "tmp/**", reason: "temporary files" },
  { pattern: "log/**", reason: "logs" },
  { pattern: "db/**", reason: "the built-in database, which cannot be copied while it runs" },
  { pattern: "elasticsearch/**", reason: "search index: rebuilt after a restore" },
  { pattern: "instances/**", reason: "marks of the running process" },
  { pattern: "orient/plugins/**", reason: "parts of the program: made anew" },
  { pattern: "lock", reason: "the lock of the running process" },
];

/** What names this node, and what it signs with. */
const nodeKeys = ["keystores/**"];

/** Files of the program that administrators change: memory, user, TLS. */
const customisations = [
  "bin/nexus.vmoptions",
  "bin/nexus.rc",
  "etc/nexus-default.properties",
  "etc/jetty/jetty-https.xml",
  "etc/ssl/keystore.jks",
];

export interface NexusTreeOptions {
  /** The newest export of the built-in database; undefined where a server's is dumped. */
  exported: NexusExport | undefined;
  /** Where exports are, whether there are any. */
  exports: string;
  /** Directories of blob stores that the agent's configuration names. */
  paths: readonly string[];
}

/** What to save. Throws `application-not-found` where something that is named is not there. */
export async function nexusTrees(
  host: Host,
  places: NexusPlaces,
  { exported, exports, paths }: NexusTreeOptions,
): Promise<TreeDraft[]> {
  const { path: home } = places.home;
  const secrets = findSecretsFile(places);
  if (secrets !== undefined) await requirePath(host, secrets.value, secrets.source);
  for (const path of paths) await requirePath(host, path, "`paths` of the agent's configuration");
  const blobs = join(home, "blobs");
  const ownSecrets = secrets !== undefined && isInside(secrets.value, home) ? [relative(home, secrets.value)] : [];
  const old: ExcludeRule[] =
    exports !== home && isInside(exports, home)
      ? [
          {
            pattern: `${relative(home, exports)}/**`,
            reason: "exports of the database: the newest is a tree of its own",
          },
        ]
      : [];
  return [
    { label: "home", root: home, exclude: [...rules, ...old], keys: [...nodeKeys, ...ownSecrets] },
    ...(exported === undefined ? [] : [{ label: "exports", root: exported.directory, include: exported.files }]),
    ...(secrets === undefined || ownSecrets.length > 0 ? [] : [fileTree("secrets", secrets.value)]),
    ...(await linkedDirectories(host, blobs, (await host.list(blobs)) ?? [])),
    ...(await customisationTree(host, places.install?.path, customisations)),
    ...paths.map((path) => ({ label: basename(path), root: path })),
  ];
}

// A file with keys as its directory and nothing else of it.
function fileTree(label: string, path: string): TreeDraft {
  return { label, root: dirname(path), include: [basename(path)], keys: [basename(path)] };
}

/** The file with the keys that passwords in the database are encrypted with; undefined where Nexus uses its built-in one. */
export function findSecretsFile({ read, home }: NexusPlaces) {
  const found = read({ variable: "NEXUS_SECRETS_KEY_FILE", property: "nexus.secrets.file" });
  if (found === undefined) return undefined;
  return { ...found, value: isAbsolute(found.value) ? found.value : join(home.path, found.value) };
}

async function requirePath(host: Host, path: string, source: string): Promise<void> {
  if ((await host.kind(path)) !== undefined) return;
  throw new OperationError("application-not-found", `${path} does not exist (${source})`, {
    hint: "mount the disk that it is on, or correct the path there",
  });
}
