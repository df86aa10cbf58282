import type { ManifestDatabase } from "@catapullt/core/archive/manifest";
import type { DefinerChoice } from "../engine.ts";
import type { EffectivePrivileges } from "./grants.ts";
import { isAtLeast, type Product } from "./product.ts";

/** True if a dump creates what belongs to an account: views, triggers, routines, events. */
export function hasDefiners({ tables, triggers = [], routines = [], events = [] }: ManifestDatabase): boolean {
  return triggers.length + routines.length + events.length > 0 || tables.some(({ kind }) => kind === "view");
}

/** Whether a user may create objects that belong to somebody else. */
export function maySetDefiners(privileges: EffectivePrivileges, server: Product): boolean {
  const isSplit = server.flavour === "mariadb" ? isAtLeast(server, 11) : isAtLeast(server, 8, 2);
  const sufficient =
    server.flavour === "mariadb" ? ["SET USER"] : isAtLeast(server, 8, 2) ? ["SET_ANY_DEFINER"] : ["SET_USER_ID"];
  return [...sufficient, ...(isSplit ? [] : ["SUPER"])].some((privilege) => privileges.everywhere(privilege));
}

export interface DefinerDecision {
  strips: boolean;
  note: string | undefined;
}

/** What becomes of the definers, and what to tell of it. */
export function decideDefiners(
  choice: DefinerChoice,
  { isNeeded, isAllowed, user }: { isNeeded: boolean; isAllowed: boolean; user: string },
): DefinerDecision {
  const strips = isNeeded && (choice === "strip" || (choice === "auto" && !isAllowed));
  if (!strips) return { strips, note: undefined };
  const reason = choice === "strip" ? "" : `, since ${user} may not create anything for other accounts`;
  return { strips, note: `views, triggers, routines and events will belong to ${user}${reason}` };
}
