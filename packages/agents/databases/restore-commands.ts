import type { RestoreRequest } from "./engine.ts";

/** The arguments by which GNU tar finds all parts of the dump, in their order. */
export function tarMembers({ member, alone }: Pick<RestoreRequest, "member" | "alone">): string {
  if (alone) return "database";
  return `--wildcards ${quoteForShell(`${member.replace(/[\\*?[\]]/g, "\\$&")}*`)}`;
}

/** A word as a POSIX shell reads it. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
