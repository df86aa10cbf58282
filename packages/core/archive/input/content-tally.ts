import { createHash, type Hash } from "node:crypto";
import type { Manifest, ManifestDatabase, ManifestTree } from "../manifest.ts";
import { parseArchiveName } from "../name.ts";
import { readManifestMember } from "../reader.ts";
import type { ArchiveMember } from "../tar/tar-members.ts";

/** What an archive was found to hold. */
export interface ArchiveContent {
  version: string | undefined;
  hasRestoreGuide: boolean;
  manifest: Manifest | undefined;
  /** By member name, for a split dump without the number. */
  dumps: ReadonlyMap<string, DumpContent>;
  /** By label. */
  trees: ReadonlyMap<string, TreeContent>;
  /** Members that stand where they must not, or that no archive has. */
  misplaced: readonly string[];
}

/** How a dump begins and ends: up to 512 bytes of each, which overlap in a small one. */
export interface DumpEnds {
  head: Buffer;
  tail: Buffer;
  bytes: number;
}

interface DumpContent extends DumpEnds {
  parts: number;
  sha1: string;
}

interface DumpTally extends DumpEnds {
  parts: number;
  hash: Hash;
}

type TreeContent = Pick<ManifestTree, "files" | "directories" | "links" | "bytes">;

export interface ContentTally {
  add(member: ArchiveMember, content: AsyncIterable<Buffer>): Promise<void>;
  result(): ArchiveContent;
}

const versionSizeLimit = 64 * 1024;
const misplacedLimit = 10;
const endSize = 512;

type Kind = "version" | "restore-guide" | "database" | "tree" | "manifest";

// In the order in which they stand.
const kinds: readonly { kind: Kind; pattern: RegExp; isSingle: boolean }[] = [
  { kind: "version", pattern: /^VERSION$/, isSingle: true },
  { kind: "restore-guide", pattern: /^RESTORE\.md$/, isSingle: true },
  { kind: "database", pattern: /^database\/./, isSingle: false },
  { kind: "tree", pattern: /^files\/./, isSingle: false },
  { kind: "manifest", pattern: /^manifest\.json$/, isSingle: true },
];

/** Looks at every member of an archive as it is read. */
export function createContentTally(): ContentTally {
  const dumps = new Map<string, DumpTally>();
  const trees = new Map<string, TreeContent>();
  const misplaced: string[] = [];
  let version: string | undefined;
  let hasRestoreGuide = false;
  let manifest: Manifest | undefined;
  let earliest = 0;
  const placeOf = (member: ArchiveMember): Kind | undefined => {
    const index = kinds.findIndex(({ pattern }) => pattern.test(member.name));
    const place = kinds[index];
    if (place === undefined || index < earliest || member.type === "other") return undefined;
    earliest = place.isSingle ? index + 1 : index;
    return place.kind;
  };
  return {
    async add(member, content) {
      const kind = placeOf(member);
      if (kind === "version") version = (await readText(content)).trimEnd();
      else if (kind === "restore-guide") hasRestoreGuide = true;
      else if (kind === "database") await addDump(dumps, member, content);
      else if (kind === "tree") addToTree(trees, member);
      else if (kind === "manifest") manifest = await readManifestMember(member, content);
      else if (misplaced.length < misplacedLimit) misplaced.push(member.name);
    },
    result: () => ({
      version,
      hasRestoreGuide,
      manifest,
      dumps: new Map(Array.from(dumps, ([name, { hash, ...dump }]) => [name, { ...dump, sha1: hash.digest("hex") }])),
      trees,
      misplaced,
    }),
  };
}

async function readText(content: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const piece of content) if (text.length < versionSizeLimit) text += piece.toString("utf8");
  return text;
}

async function addDump(
  dumps: Map<string, DumpTally>,
  member: ArchiveMember,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const [, base, number] = /^(.+)\.(\d{4,})$/.exec(member.name) ?? [];
  const before = base === undefined ? undefined : dumps.get(base);
  const isNextPart = base !== undefined && Number(number) === (before?.parts ?? 0) + 1;
  const name = isNextPart ? base : member.name;
  const dump = (isNextPart ? before : undefined) ?? emptyDump();
  dumps.set(name, dump);
  dump.parts += 1;
  dump.bytes += member.size;
  for await (const piece of content) {
    dump.hash.update(piece);
    // Copies: a view would keep the whole piece.
    if (dump.head.length < endSize)
      dump.head = Buffer.concat([dump.head, piece.subarray(0, endSize - dump.head.length)]);
    dump.tail = Buffer.concat([dump.tail, piece.subarray(-endSize)]).subarray(-endSize);
  }
}

function emptyDump(): DumpTally {
  return { parts: 0, bytes: 0, hash: createHash("sha1"), head: Buffer.alloc(0), tail: Buffer.alloc(0) };
}

function addToTree(trees: Map<string, TreeContent>, { name, type, size }: ArchiveMember): void {
  const label = name.split("/")[1] ?? "";
  const tree = trees.get(label) ?? { files: 0, directories: 0, links: 0, bytes: 0 };
  trees.set(label, tree);
  if (type === "file") tree.files += 1;
  else if (type === "directory") tree.directories += 1;
  else if (type === "symlink" || type === "hardlink") tree.links += 1;
  tree.bytes += size;
}

/** Each way in which an archive's content is not what its manifest says; empty where it is. */
export function findDifferences(name: string, content: ArchiveContent): string[] {
  const { manifest, misplaced } = content;
  if (manifest === undefined) return ["it has no manifest.json"];
  const application = parseArchiveName(name)?.application ?? manifest.application;
  return [
    ...misplaced.map((member) => `the member ${member} does not belong where it stands`),
    ...(content.hasRestoreGuide ? [] : ["it has no RESTORE.md"]),
    ...compare("the application", application, manifest.application),
    ...compare("VERSION", content.version, manifest.version.before),
    ...manifest.databases.flatMap((database) => compareDump(database, content.dumps.get(database.member))),
    ...unnamed(
      "database",
      content.dumps.keys(),
      manifest.databases.map(({ member }) => member),
    ),
    ...manifest.trees.flatMap((tree) => compareTree(tree, content.trees.get(tree.label))),
    ...unnamed(
      "tree",
      content.trees.keys(),
      manifest.trees.map(({ label }) => label),
    ),
  ];
}

function compareDump(expected: ManifestDatabase, found: DumpContent | undefined): string[] {
  if (found === undefined) return [`the dump ${expected.member} is missing`];
  return [
    ...compare(`the dump ${expected.member}, parts`, found.parts, expected.parts),
    ...compare(`the dump ${expected.member}, bytes`, found.bytes, expected.bytes),
    ...compare(`the dump ${expected.member}, SHA1`, found.sha1, expected.sha1),
  ];
}

function compareTree(expected: ManifestTree, found: TreeContent | undefined): string[] {
  const empty: TreeContent = { files: 0, directories: 0, links: 0, bytes: 0 };
  return (["files", "directories", "links", "bytes"] as const).flatMap((figure) =>
    compare(`the tree ${expected.label}, ${figure}`, (found ?? empty)[figure], expected[figure]),
  );
}

function compare(what: string, found: string | number | undefined, expected: string | number): string[] {
  return found === expected ? [] : [`${what}: the archive has ${found ?? "none"}, the manifest says ${expected}`];
}

function unnamed(kind: string, found: Iterable<string>, named: readonly string[]): string[] {
  return [...found].filter((name) => !named.includes(name)).map((name) => `the ${kind} ${name} is not in the manifest`);
}
