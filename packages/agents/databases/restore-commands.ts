import { quoteForShell } from "@catapullt/core/shell-words";
import type { RestoreRequest } from "./engine.ts";

/** The arguments by which GNU tar finds all parts of the dump, in their order. */
export function tarMembers({ member, alone }: Pick<RestoreRequest, "member" | "alone">): string {
  if (alone) return "database";
  return `--wildcards ${quoteForShell(`${member.replace(/[\\*?[\]]/g, "\\$&")}*`)}`;
}
