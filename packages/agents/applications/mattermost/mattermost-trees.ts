import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { isInside, type TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { filesByDirectory, serviceTrees } from "../service/trees.ts";
import type { ExcludeRule } from "../type.ts";
import { isRemote, type MattermostDirectories } from "./mattermost-directories.ts";

/** Settings that name a file, which may be anywhere; relative ones lie beside config.json. */
const fileSettings = [
  ["ServiceSettings", "TLSCertFile"],
  ["ServiceSettings", "TLSKeyFile"],
  ["ServiceSettings", "LicenseFileLocation"],
] as const;

/** What to save; what lies inside another of these directories needs no tree of its own. */
export async function mattermostTrees(host: Host, directories: MattermostDirectories): Promise<TreeDraft[]> {
  const { data, configFile, path, setting, unit } = directories;
  const named: string[] = [];
  for (const [section, key] of fileSettings) {
    const file = setting(section, key)?.text ?? "";
    if (isAbsolute(file) && (await host.kind(file)) === "file") named.push(file);
  }
  const config = configFile === undefined ? [] : [{ label: "config", root: configRoot(configFile.path, data?.path) }];
  const others = [
    { label: "plugins", root: path("PluginSettings", "Directory", "plugins") },
    { label: "client-plugins", root: path("PluginSettings", "ClientDirectory", "client/plugins") },
  ];
  return [
    ...(data === undefined ? [] : [{ label: "data", root: data.path, exclude: dataRules(data.path, directories) }]),
    ...config,
    ...others.flatMap(({ label, root }) => (root === undefined ? [] : [{ label, root }])),
    ...filesByDirectory("settings", named),
    // The vendor has administrators write it, into `/lib` in some of its instructions.
    ...serviceTrees(unit, { isUnitByHand: true }),
  ];
}

// `config` is all Mattermost's, with the certificates of SAML; any other directory may not be, or has the data too.
function configRoot(configFile: string, data: string | undefined): string {
  const directory = dirname(configFile);
  const isItsOwn =
    ["config", "mattermost"].includes(basename(directory)) && !(data !== undefined && isInside(data, directory));
  return isItsOwn ? directory : configFile;
}

function dataRules(data: string, { path }: MattermostDirectories): ExcludeRule[] {
  const rules = [{ pattern: "export/**", reason: "Mattermost's own exports" }];
  const index = path("BleveSettings", "IndexDir", "");
  if (index === undefined || index === data || !isInside(index, data)) return rules;
  return [...rules, { pattern: join(relative(data, index), "**"), reason: "the search index: made anew on demand" }];
}

/** What is not on this host, and what an administrator should know about the configuration. */
export function mattermostWarnings(name: string, { setting, configDatabase }: MattermostDirectories): string[] {
  const bucket = setting("FileSettings", "AmazonS3Bucket")?.text;
  const driver = setting("FileSettings", "DriverName")?.text;
  return [
    ...(isRemote(setting)
      ? [
          `Mattermost keeps its files in object storage (${driver}${bucket === undefined ? "" : `, bucket ${bucket}`}): they are not part of this backup`,
        ]
      : []),
    ...(configDatabase === undefined
      ? []
      : [
          `Mattermost's configuration is in its database (${configDatabase.source}), and so in the dump; where it puts files elsewhere than into \`data\`, set \`applications.${name}.home\``,
        ]),
  ];
}
