import type { NexusExport } from "./nexus-exports.ts";

export interface NexusRestoreFacts {
  version: string;
  home: string;
  exported: NexusExport | undefined;
  secretsFile: string | undefined;
}

/** The vendor's steps after database and files are back. */
export function nexusRestoreNotes({ version, home, exported, secretsFile }: NexusRestoreFacts): string[] {
  return [
    `Install Nexus ${version}, the same version, and leave it stopped. Blobs and database must come from this same archive.`,
    ...(exported === undefined ? serverSteps(home) : exportSteps(home, exported)),
    ...(secretsFile === undefined
      ? []
      : [`\`${secretsFile}\` must be that of this archive: without it no password in the database can be read.`]),
    `Give the files to the user that runs it: \`chown -R nexus: ${home}\`, and the directories of blob stores elsewhere.`,
    "Start it, then run the tasks `Repair - Rebuild repository search` and, where content is missed, `Repair - Reconcile component database from blob store`.",
  ];
}

function serverSteps(home: string): string[] {
  return [
    `Correct URL, user and password in \`${home}/etc/fabric/nexus-store.properties\` (or where they stand) if the database server is another one.`,
  ];
}

function exportSteps(home: string, { kind, directory, files }: NexusExport): string[] {
  if (kind === "h2") {
    return [
      `Put the exported database in its place: \`mkdir -p ${home}/db && unzip -o ${directory}/${files[0]} -d ${home}/db\`; \`${home}/db/nexus.mv.db\` must be there then.`,
    ];
  }
  return [
    `Remove the empty databases: \`rm -rf ${["component", "config", "security"].map((name) => `${home}/db/${name}`).join(" ")}\``,
    `Let Nexus load the exported ones at its start: \`mkdir -p ${home}/restore-from-backup && cp ${directory}/*.bak ${home}/restore-from-backup/\`; remove them there once it has started.`,
  ];
}
