import { join } from "node:path";
import { sidecarName } from "@catapullt/core/archive/sidecar";
import { OperationError } from "@catapullt/core/errors";
import type { FileState, Remote } from "../remote/remote.ts";
import type { ArchiveId, Vault } from "../vault/vault.ts";
import { type ClockReading, measureClock } from "./clock.ts";
import { refuseReplaced } from "./fetch.ts";
import type { RemoveAction } from "./plan.ts";
import { readSidecar } from "./survey.ts";

export interface RemoveContext {
  host: string;
  remote: Remote;
  vault: Vault;
  /** When the vault's copy was found to have this hash; ISO 8601 in UTC. */
  verifiedAt: string;
  /** Whether the host's clock is to be read by the way. */
  measuresClock: boolean;
}

/** What is to be removed at a host: the vault holds an archive with this hash. */
export type Removal = Pick<RemoveAction, "application" | "name" | "bytes" | "sha1" | "archive">;

/**
 * Removes an archive at its host, then its sidecar, unless they have become others meanwhile. A crash in between leaves a
 * sidecar alone, which is no archive for anybody, and whose hash tells the next run that it can go. Returns what the host's
 * clock says, where it was asked for and can be told.
 */
export async function removeAtHost(removal: Removal, context: RemoveContext): Promise<ClockReading | undefined> {
  const { host, remote, vault, verifiedAt, measuresClock } = context;
  const { application, name, bytes, sha1, archive } = removal;
  await refuseOthers(remote, removal, archive);
  const names = archive === undefined ? [sidecarName(name)] : [name, sidecarName(name)];
  const removals = names.map((file) => () => remote.remove({ application, name: file }));
  const clock = measuresClock ? await measureClock(remote, application, removals) : undefined;
  if (!measuresClock) for (const remove of removals) await remove();
  await vault.record({
    event: "removed",
    at: new Date().toISOString(),
    host,
    application,
    name,
    bytes,
    sha1,
    source: remote.location,
    proof: { path: join(host, application, name), verifiedAt },
  });
  return clock;
}

async function refuseOthers(remote: Remote, removal: Removal, archive: FileState | undefined): Promise<void> {
  if (archive !== undefined) return refuseReplaced({ ...removal, ...archive }, { remote });
  const sidecar = await readSidecar(remote, removal);
  const isSame = sidecar === undefined || ("sha1" in sidecar && sidecar.sha1 === removal.sha1);
  if ((await remote.look(removal)) === undefined && isSame) return;
  throw new OperationError("transfer-failed", `${removal.name} has appeared at the host again`, {
    hint: "nothing was removed; the next run looks again",
  });
}

/** Reads the vault's copy of an archive once more: only if it is whole, the host's may go. Returns when it was, as ISO 8601 in UTC. */
export async function proveStored(
  id: ArchiveId & { sha1: string },
  { vault, signal }: { vault: Vault; signal: AbortSignal },
): Promise<string> {
  const actual = await vault.hash(id, signal);
  if (actual === id.sha1) return new Date().toISOString();
  throw new OperationError(
    "transfer-mismatch",
    `the vault's copy of ${id.name} is damaged: it has SHA1 ${actual}, expected ${id.sha1}`,
    {
      hint: `nothing was removed at ${id.host}. Look at the vault's disk, then move the vault's copy and its sidecar away: the next run fetches the archive anew`,
    },
  );
}
