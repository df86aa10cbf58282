import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { FileState, Remote } from "../remote/remote.ts";
import type { ArchiveId, Reception, Vault } from "../vault/vault.ts";
import type { Pace } from "../verify/pace.ts";
import type { FetchAction } from "./plan.ts";
import type { Reservation, SpaceLedger } from "./space.ts";
import { readSidecar } from "./survey.ts";

export interface FetchContext {
  host: string;
  remote: Remote;
  vault: Vault;
  space: SpaceLedger;
  /** What was set aside for this archive before the pull began. */
  reservation: Reservation | undefined;
  log: Logger;
  /** Waits where so many bytes more would be above the configured rate. */
  pace: Pace;
  /** Called with the bytes of each chunk that has been written. */
  onProgress: (bytes: number) => void;
}

export interface FetchSummary {
  /** Bytes that came over the wire. */
  transferred: number;
  resumedFrom: number;
  seconds: number;
}

/**
 * Fetches one archive into the vault and makes it durable there, its sidecar last. Nothing is changed at the host.
 * A part that an earlier run has left goes on; if it does not lead to the right hash, the archive is fetched once more from its beginning.
 */
export async function fetchArchive(action: FetchAction, context: FetchContext): Promise<FetchSummary> {
  const { host, vault, space, log } = context;
  const { application, name, bytes, modifiedAt, sha1 } = action;
  const id = { host, application, name };
  const startedAt = performance.now();
  let transferred = 0;
  let reservation = context.reservation;
  for (;;) {
    const reception = await vault.receive(id, { bytes, modifiedAt, sha1 });
    transferred += await orPutAway(reception, async () => {
      const missing = Math.max(0, bytes - reception.resumedFrom);
      const held = reservation ?? (await space.reserve(missing, name));
      reservation = undefined;
      await transfer(action, { reception, reservation: held }, context);
      return missing;
    });
    const actual = await orPutAway(reception, () => reception.sha1());
    if (actual === sha1) {
      await orPutAway(reception, async () => {
        await refuseReplaced(action, context);
        await reception.store();
      });
      return { transferred, resumedFrom: reception.resumedFrom, seconds: (performance.now() - startedAt) / 1000 };
    }
    await reception.discard();
    await refuseReplaced(action, context);
    if (reception.resumedFrom === 0) throw mismatch(id, { expected: sha1, actual });
    log.warn(`${host}: the part of ${name} that an earlier run left is no part of it; fetching it from its beginning`);
  }
}

interface Transfer {
  reception: Reception;
  reservation: Reservation;
}

/** Reads the rest of the archive into the vault. */
async function transfer(
  action: FetchAction,
  { reception, reservation }: Transfer,
  { remote, pace, onProgress }: FetchContext,
): Promise<void> {
  const { name, bytes } = action;
  try {
    const file = await remote.open(action);
    try {
      if (!isSame(file, action)) throw replaced(name);
      for await (const chunk of file.read(reception.resumedFrom, bytes)) {
        await reception.write(chunk);
        reservation.spend(chunk.length);
        onProgress(chunk.length);
        await pace(chunk.length);
      }
    } finally {
      await file.close();
    }
  } finally {
    reservation.release();
  }
}

/**
 * Ends a reception whose work fails: what has come is kept for the next run where that may help, and removed where the
 * space is needed or the source is another one now.
 */
async function orPutAway<Result>(reception: Reception, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isUseless =
      error instanceof OperationError && (error.code === "vault-full" || error.code === "transfer-failed");
    if (isUseless) await reception.discard();
    else await reception.suspend();
    throw error;
  }
}

/** Fails if the archive or its sidecar at the host is not what was planned with. */
export async function refuseReplaced(
  action: { application: string; name: string; sha1: string } & FileState,
  { remote }: Pick<FetchContext, "remote">,
): Promise<void> {
  const [state, sidecar] = await Promise.all([remote.look(action), readSidecar(remote, action)]);
  const isUnchanged = state !== undefined && isSame(state, action) && sidecar !== undefined && "sha1" in sidecar;
  if (!isUnchanged || sidecar.sha1 !== action.sha1) throw replaced(action.name);
}

function isSame(one: FileState, other: FileState): boolean {
  return one.bytes === other.bytes && one.modifiedAt === other.modifiedAt;
}

function replaced(name: string): OperationError {
  return new OperationError("transfer-failed", `${name} was replaced or removed at the host while it was fetched`, {
    hint: "nothing was removed at the host; the next run looks again",
  });
}

function mismatch(
  { host, name }: ArchiveId,
  { expected, actual }: { expected: string; actual: string },
): OperationError {
  return new OperationError(
    "transfer-mismatch",
    `${name} does not match its sidecar: it has SHA1 ${actual}, the sidecar says ${expected}`,
    {
      hint: `the copy was not kept, and nothing was removed at ${host}. The archive is damaged there: look at that host's disk and memory, and make a new backup`,
    },
  );
}
