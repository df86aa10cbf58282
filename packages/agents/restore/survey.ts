import { dirname, join } from "node:path";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { readMembers } from "@catapullt/core/archive/reader";
import type { ArchiveMember } from "@catapullt/core/archive/tar-members";
import type { Selection } from "./selection.ts";

/** What an archive's trees hold near their roots, by the path at which it stood on the host. */
export interface ArchiveSurvey {
  entries: ReadonlyMap<string, SurveyedEntry>;
  /** Those of the selected paths that have a member. */
  matched: ReadonlySet<string>;
  /** Bytes of the wanted file contents, by label. */
  wantedBytes: ReadonlyMap<string, number>;
}

export type SurveyedEntry =
  | { kind: "directory" }
  | { kind: "file"; text: string | undefined }
  | { kind: "link"; target: string };

const deepestEntry = 5;
const longestText = 256 * 1024;
const allTexts = 32 * 1024 * 1024;

/** Reads an archive once more, for what its manifest does not say: an application's own configuration, and which members exist. */
export async function surveyArchive(
  path: string,
  { manifest, selection, signal }: { manifest: Manifest; selection: Selection; signal: AbortSignal },
): Promise<ArchiveSurvey> {
  const roots = new Map(manifest.trees.map((tree) => [tree.label, memberRoot(tree)]));
  const entries = new Map<string, SurveyedEntry>();
  const matched = new Set<string>();
  const wantedBytes = new Map<string, number>();
  let textLeft = allTexts;
  await readMembers(path, {
    signal,
    async onMember(member, content) {
      const wantedBy = selection.member(member);
      if (wantedBy !== undefined && wantedBy !== "above") matched.add(wantedBy);
      const [top, label = "", ...rest] = member.name.split("/");
      const root = roots.get(label);
      if (top !== "files" || root === undefined) {
        const base = member.name.replace(/\.\d{4,}$/, "");
        const path = selection.member({ name: base, type: "file" });
        if (path !== undefined) matched.add(path);
        return;
      }
      if (wantedBy !== undefined) wantedBytes.set(label, (wantedBytes.get(label) ?? 0) + member.size);
      if (rest.length > deepestEntry) return;
      const wantsText = member.type === "file" && member.size <= longestText && member.size <= textLeft;
      const text = wantsText ? await readText(content) : undefined;
      if (text !== undefined) textLeft -= member.size;
      const entry = entryOf(member, text);
      if (entry !== undefined) entries.set(join(root, ...rest), entry);
    },
  });
  for (const root of roots.values()) addParents(entries, root);
  return { entries, matched, wantedBytes };
}

function addParents(entries: Map<string, SurveyedEntry>, path: string): void {
  for (let parent = dirname(path); !entries.has(parent); parent = dirname(parent))
    entries.set(parent, { kind: "directory" });
}

/** The directory to which a tree's members are relative: a single file stands in the tree by its name. */
export function memberRoot({ source, directories }: Manifest["trees"][number]): string {
  return directories === 0 ? dirname(source) : source;
}

function entryOf({ type, linkName = "" }: ArchiveMember, text: string | undefined): SurveyedEntry | undefined {
  switch (type) {
    case "directory":
      return { kind: "directory" };
    case "symlink":
      return { kind: "link", target: linkName };
    case "file":
    case "hardlink":
      return { kind: "file", text };
    default:
      return undefined;
  }
}

// An application's configuration is text; anything else is left out.
async function readText(content: AsyncIterable<Buffer>): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return bytes.includes(0) ? undefined : bytes.toString("utf8").replace(/^\uFEFF/, "");
}
