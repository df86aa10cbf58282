import { OperationError } from "../../errors.ts";
import { escapeControls } from "../../printable.ts";
import type { ByteString } from "../tar/byte-string.ts";
import type { TarEntry } from "../tar/tar-header.ts";
import type { ArchiveMember } from "../tar/tar-members.ts";

/** More than this a tree may not hold: what the manifest says of it. */
export interface ExtractionLimits {
  files: number;
  directories: number;
  links: number;
  /** Of file contents. */
  bytes: number;
}

export interface MemberGuard {
  /**
   * The header with which a member may be written below the target, its name relative to it. Throws `archive-unsafe` for
   * a member that would be written anywhere else, that is neither file, directory nor link, or that is one too many.
   */
  admit(member: ArchiveMember): TarEntry;
}

export interface MemberGuardOptions {
  /** Members stand below this one in the archive, such as `files`; it does not appear in the names that are written. */
  prefix: string;
  limits: ExtractionLimits;
  /** Whether files get the owners that they had; without it setuid and setgid would give rights to somebody else. */
  keepsOwners: boolean;
  /** Directories that exist at the target already, relative to it. */
  existingDirectories?: Iterable<ByteString>;
}

const longestName = 255;

/**
 * Judges the members of an archive that nobody vouches for. A directory stands in the archive before what is in it, so a
 * parent that is no directory seen before is a link, a file or made up: nothing is ever written through one.
 */
export function createMemberGuard(options: MemberGuardOptions): MemberGuard {
  const { prefix, limits, keepsOwners, existingDirectories = [] } = options;
  const directories = new Set<ByteString>(["", ...existingDirectories]);
  const counts: ExtractionLimits = { files: 0, directories: 0, links: 0, bytes: 0 };
  const count = (member: ArchiveMember) => {
    if (member.type === "file") counts.files += 1;
    else if (member.type === "directory") counts.directories += 1;
    else counts.links += 1;
    counts.bytes += member.size;
    for (const figure of ["files", "directories", "links", "bytes"] as const) {
      if (counts[figure] > limits[figure])
        throw unsafe(member, `would be more than the ${limits[figure]} ${figure} that the manifest speaks of`);
    }
  };
  return {
    admit(member) {
      const name = relativeName(member, member.rawName.toString("latin1"), prefix);
      if (member.type === "other") throw unsafe(member, "is neither a file nor a directory nor a link");
      if (!directories.has(parentOf(name))) throw unsafe(member, "lies in what is no directory of this archive");
      if (member.type !== "file" && member.size > 0) throw unsafe(member, "has a content, which its kind has not");
      count(member);
      if (member.type === "directory") {
        if (directories.has(name)) throw unsafe(member, "is there twice");
        directories.add(name);
      }
      return {
        name,
        type: member.type,
        size: member.size,
        mode: keepsOwners ? member.mode : member.mode & 0o1777,
        uid: member.uid,
        gid: member.gid,
        userName: "",
        groupName: "",
        modifiedAt: member.modifiedAtNanoseconds,
        linkName: linkTarget(member),
      };
    },
  };

  function linkTarget(member: ArchiveMember): ByteString {
    const target = member.rawLinkName?.toString("latin1") ?? "";
    if (member.type === "symlink") {
      // Where it leads is its own affair, as it was on the host: it is made, and never followed.
      if (target === "" || target.includes("\0")) throw unsafe(member, "leads to no name");
      return target;
    }
    if (member.type !== "hardlink") return "";
    const name = relativeName(member, target, prefix);
    if (!directories.has(parentOf(name))) throw unsafe(member, "is another name of what lies outside of this archive");
    if (directories.has(name)) throw unsafe(member, "is another name of a directory");
    return name;
  }
}

/** The name below `prefix`; every component must be one that stays inside. */
function relativeName(member: ArchiveMember, name: ByteString, prefix: string): ByteString {
  const components = name.split("/");
  if (name.startsWith("/")) throw unsafe(member, "has an absolute path");
  if (components.some((component) => component === "..")) throw unsafe(member, "leads outside by `..`");
  if (components.some((component) => component === "" || component === "."))
    throw unsafe(member, "has a path that is not plain");
  if (name.includes("\0")) throw unsafe(member, "has a NUL in its name");
  if (components.some((component) => component.length > longestName))
    throw unsafe(member, `has a name of more than ${longestName} bytes`);
  if (!name.startsWith(`${prefix}/`)) throw unsafe(member, `does not lie in ${prefix}`);
  return name.slice(prefix.length + 1);
}

function parentOf(name: ByteString): ByteString {
  const slash = name.lastIndexOf("/");
  return slash === -1 ? "" : name.slice(0, slash);
}

function unsafe(member: ArchiveMember, problem: string): OperationError {
  const target = member.linkName === undefined ? "" : ` (-> ${printable(member.linkName)})`;
  return new OperationError("archive-unsafe", `the member ${printable(member.name)}${target} ${problem}`, {
    hint: "these tools write no such archive: do not restore it, and find out where it comes from",
  });
}

function printable(name: string): string {
  const text = escapeControls(name);
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
