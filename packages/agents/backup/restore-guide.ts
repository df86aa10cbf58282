import { sidecarName } from "@catapullt/core/archive/sidecar";
import { quoteForShell } from "@catapullt/core/shell-words";

export interface RestoreGuideFacts {
  archive: string;
  application: string;
  type: string;
  version: string;
  host: string;
  startedAt: Date;
  /** `lines` are Markdown: the engine's own text and commands. */
  databases: readonly { name: string; engine: string; lines: readonly string[] }[];
  trees: readonly { label: string; directory: string }[];
  /** What the vendor says to do, one step an entry. */
  notes: readonly string[];
}

/** `RESTORE.md`: how to restore exactly this archive by hand, with stock tools only and every command filled in. */
export function renderRestoreGuide(facts: RestoreGuideFacts): string {
  const { archive, application, type, version, host, startedAt } = facts;
  return `${[
    `# Restore ${application} from ${archive}`,
    `This is a backup of \`${application}\` (${type} ${version}) on host \`${host}\`, begun ${startedAt.toISOString()}.
It needs nothing but GNU tar, coreutils and the database's own client${needsZstd(archive) ? ", and zstd" : ""}. Run the commands as root, in the
directory that holds the archive.`,
    section("Check the archive", [
      `sha1sum -c ${quoteForShell(sidecarName(archive))}`,
      `tar -xOf ${quoteForShell(archive)} manifest.json`,
    ]),
    `## Prepare the host

Install ${type} **${version}**: another version may refuse the data or change it for good. Stop it before you go on.`,
    ...facts.trees.map(({ label, directory }) =>
      section(`Put back the files \`${label}\``, [
        `mkdir -p ${quoteForShell(directory)}`,
        `tar -xpf ${quoteForShell(archive)} --numeric-owner ${intoCurrentDirectory(label)} -C ${quoteForShell(directory)} ${quoteForShell(`files/${label}`)}`,
      ]),
    ),
    ...facts.databases.map(
      ({ name, engine, lines }) => `## Load the database ${name} (${engine})\n\n${lines.join("\n")}`,
    ),
    notesSection(facts.notes),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

// The tree's root becomes `.`, so that the directory gets its owner and mode back too; targets of symbolic links stay as they are.
function intoCurrentDirectory(label: string): string {
  return quoteForShell(`--transform=flags=rSh;s,^files/${label},.,`);
}

function section(title: string, commands: readonly string[]): string {
  return `## ${title}\n\n\`\`\`sh\n${commands.join("\n")}\n\`\`\``;
}

function notesSection(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  return `## Before you start it\n\n${notes.map((note, index) => `${index + 1}. ${note}`).join("\n")}`;
}

function needsZstd(archive: string): boolean {
  return archive.endsWith(".zst");
}
