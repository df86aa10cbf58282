import { formatBytes } from "@catapullt/core/units";
import type { FetchAction, PullAction } from "./plan.ts";

export interface QuotaFacts {
  /** Bytes that the vault may hold of the host. */
  quota: number;
  /** Bytes that it holds now, parts of archives and what they take besides included. */
  held: number;
}

/** What an archive takes besides its own bytes: its sidecar, its place in directories, its records in the journal. */
export const bytesBeside = 64 * 1024;

/** Refuses what would not fit into the host's quota, in the order of the plan. Pure. */
export function applyQuota(actions: readonly PullAction[], { quota, held }: QuotaFacts): PullAction[] {
  let left = quota - held;
  return actions.map((action) => {
    if (action.kind !== "fetch") return action;
    const needed = bytesNeeded(action);
    if (needed <= left) {
      left -= needed;
      return action;
    }
    const { application, name, bytes } = action;
    return {
      kind: "refuse",
      code: "quota-exceeded",
      application,
      name,
      reason: `its ${formatBytes(bytes)} do not fit into the host's quota of ${formatBytes(quota)}, of which ${formatBytes(Math.max(0, left))} are left`,
      hint: "the archive stays at its host. If its size is right, raise `quota` for the host or remove old archives (archiver prune); if not, look who writes there",
    };
  });
}

function bytesNeeded({ bytes, resumeFrom }: FetchAction): number {
  return bytes - resumeFrom + (resumeFrom > 0 ? 0 : bytesBeside);
}
