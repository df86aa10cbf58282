import type { ArchiveMember } from "@catapullt/core/archive/tar-members";
import { OperationError } from "@catapullt/core/errors";

export interface SelectionRequest {
  only?: "database" | "files" | undefined;
  /** Members, or directories with all that is below them. */
  paths: readonly string[];
}

/** Which members of an archive are wanted. */
export interface Selection {
  /** The members that were named; empty where all are wanted. */
  paths: readonly string[];
  /** How much of the tree with this label is wanted. */
  tree(label: string): "whole" | "part" | "none";
  /** Whether the dump with this member name is wanted. */
  database(member: string): boolean;
  /** The path by which a member is wanted; undefined where it is not. Directories above a wanted member are `above`. */
  member(member: Pick<ArchiveMember, "name" | "type">): string | "above" | undefined;
}

/** Throws `usage-invalid` for paths that no archive has, or that contradict `only`. */
export function createSelection({ only, paths }: SelectionRequest): Selection {
  const named = paths.map(normalize);
  for (const [index, path] of named.entries()) {
    if (only !== undefined && path.split("/")[0] !== only)
      throw new OperationError("usage-invalid", `--path ${paths[index]} is not among what --only ${only} restores`);
  }
  const wanted = named.length > 0 ? named : only === undefined ? ["files", "database"] : [only];
  const holds = (path: string, name: string) => path === name || name.startsWith(`${path}/`);
  return {
    paths: named,
    tree(label) {
      const name = `files/${label}`;
      if (wanted.some((path) => holds(path, name))) return "whole";
      return wanted.some((path) => path.startsWith(`${name}/`)) ? "part" : "none";
    },
    database: (member) => wanted.some((path) => holds(path, member)),
    member({ name, type }) {
      const path = wanted.find((candidate) => holds(candidate, name));
      if (path !== undefined) return path;
      return type === "directory" && wanted.some((candidate) => candidate.startsWith(`${name}/`)) ? "above" : undefined;
    },
  };
}

function normalize(path: string): string {
  const plain = path.replace(/^\.\//, "").replace(/\/+$/, "");
  if (/^(?:files|database)(?:\/|$)/.test(plain) && !plain.split("/").includes("..")) return plain;
  throw new OperationError(
    "usage-invalid",
    `--path ${path}: no member of an archive that can be restored has this name`,
    {
      hint: "members begin with files/ or database/; list them with: backup-agent inspect --files ARCHIVE",
    },
  );
}
