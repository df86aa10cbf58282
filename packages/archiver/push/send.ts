import { createHash, type Hash } from "node:crypto";
import { formatSidecar, sidecarName } from "@catapullt/core/archive/sidecar";
import { OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { formatBytes } from "@catapullt/core/units";
import { type Depot, type DepotPart, noSpace } from "../remote/depot.ts";
import type { Remote, RemoteFile, RemotePath } from "../remote/remote.ts";
import type { ConfirmAction, SendAction } from "./plan.ts";

export interface SendContext {
  local: Remote;
  depot: Depot;
  log: Logger;
  signal: AbortSignal;
  /** Called before each chunk is sent or read back. */
  pace: (bytes: number) => Promise<void>;
  onProgress: (bytes: number) => void;
}

export interface SendSummary {
  /** Bytes that went over the wire. */
  transferred: number;
  resumedFrom: number;
  /** Whether the other side has said that archive and sidecar have reached its disk. */
  durable: boolean;
}

/**
 * Sends one archive and publishes it, its sidecar last. What is sent is hashed on the way: an archive that is not what its
 * sidecar says never gets its name. A part that an earlier run has left goes on only if it is the beginning of this archive.
 */
export async function sendArchive(action: SendAction, context: SendContext): Promise<SendSummary> {
  const { depot, log } = context;
  await depot.makeDirectory(action.application);
  await refuseWithoutSpace(action, depot);
  const resumed = action.resumeFrom > 0 ? await attempt(action, { resume: true, context }) : undefined;
  if (resumed !== undefined) return resumed;
  if (action.resumeFrom > 0)
    log.warn(`the part of ${action.name} that an earlier run left is no part of it; sending it from its beginning`);
  const summary = await attempt(action, { resume: false, context });
  if (summary === undefined) throw new Error("a part that is empty is the beginning of any archive");
  return summary;
}

async function refuseWithoutSpace({ bytes, resumeFrom }: SendAction, depot: Depot): Promise<void> {
  const free = await depot.freeBytes();
  if (free !== undefined && free < bytes - resumeFrom)
    throw noSpace(`${depot.location}: ${formatBytes(bytes - resumeFrom)} are needed, ${formatBytes(free)} are free`);
}

interface Attempt {
  resume: boolean;
  context: SendContext;
}

/** Undefined where the part that is there is not the beginning of the archive. */
async function attempt(action: SendAction, { resume, context }: Attempt): Promise<SendSummary | undefined> {
  const { depot, local } = context;
  const part = await depot.openPart(action, { resume });
  try {
    const file = await openUnchanged(local, action);
    try {
      const hash = createHash("sha1");
      if (!(await hashCommonStart({ part, file, hash }, context))) return undefined;
      await orPutAway(action, context, () => sendRest({ part, file, hash }, { action, context }));
      return {
        ...(await publish(part, { action, depot })),
        resumedFrom: part.resumedFrom,
        transferred: file.bytes - part.resumedFrom,
      };
    } finally {
      await file.close();
    }
  } finally {
    await part.close();
  }
}

interface Transfer {
  part: DepotPart;
  file: RemoteFile;
  hash: Hash;
}

/** Hashes the archive as far as the part goes, and compares: false where they differ. */
async function hashCommonStart({ part, file, hash }: Transfer, { signal, pace }: SendContext): Promise<boolean> {
  const { resumedFrom } = part;
  if (resumedFrom > file.bytes) return false;
  const theirs = createHash("sha1");
  const readBack = async () => {
    for await (const chunk of part.read()) {
      signal.throwIfAborted();
      await pace(chunk.length);
      theirs.update(chunk);
    }
  };
  const readHere = async () => {
    for await (const chunk of file.read(0, resumedFrom)) hash.update(chunk);
  };
  const settled = await Promise.allSettled([readBack(), readHere()]);
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return hash.copy().digest("hex") === theirs.digest("hex");
}

async function sendRest(
  { part, file, hash }: Transfer,
  { action, context }: { action: SendAction; context: SendContext },
): Promise<void> {
  const { signal, pace, onProgress } = context;
  const { name, bytes, sha1 } = action;
  for await (const chunk of file.read(part.resumedFrom, bytes)) {
    signal.throwIfAborted();
    await pace(chunk.length);
    hash.update(chunk);
    await part.write(chunk);
    onProgress(chunk.length);
  }
  const actual = hash.digest("hex");
  if (actual !== sha1) {
    throw new OperationError(
      "transfer-mismatch",
      `${name} does not match its sidecar: it has SHA1 ${actual}, the sidecar says ${sha1}`,
      {
        hint: "it was not published, and nothing was removed. The archive is damaged on this host: look at its disk and memory, and make a new backup",
      },
    );
  }
  await part.complete(bytes);
}

async function publish(
  part: DepotPart,
  { action, depot }: { action: SendAction; depot: Depot },
): Promise<{ durable: boolean }> {
  if (action.hasSidecar) return part.publish();
  // Written before anything is published: a disk that is full then leaves nothing half done.
  const sidecar = await writeSidecar(action, depot);
  try {
    const archive = await part.publish();
    const last = await sidecar.publish();
    return { durable: archive.durable && last.durable };
  } finally {
    await sidecar.close();
  }
}

async function writeSidecar(
  { application, name, sha1 }: RemotePath & { sha1: string },
  depot: Depot,
): Promise<DepotPart> {
  const content = Buffer.from(formatSidecar(sha1, name));
  const part = await depot.openPart({ application, name: sidecarName(name) }, { resume: false });
  try {
    await part.write(content);
    await part.complete(content.length);
    return part;
  } catch (error) {
    await part.close();
    throw error;
  }
}

/** What has arrived stays for the next run where that may help, and goes where its space is needed or it is of no use. */
async function orPutAway(action: SendAction, { depot, signal }: SendContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isUseless =
      error instanceof OperationError &&
      ["destination-unusable", "transfer-failed", "transfer-mismatch"].includes(error.code);
    if (isUseless && !signal.aborted) await depot.removePart(action).catch(() => {}); // the first error tells more
    throw error;
  }
}

/**
 * Reads back an archive that the destination has, and gives it its sidecar if that is missing. Fails with `transfer-mismatch`
 * where it is not the archive that is here.
 */
export async function confirmArchive(action: ConfirmAction, context: SendContext): Promise<void> {
  const { depot, signal, pace, onProgress } = context;
  const { application, name, bytes, sha1, hasSidecar } = action;
  const hash = createHash("sha1");
  const file = await openUnchanged(depot, { application, name, bytes, modifiedAt: undefined });
  try {
    for await (const chunk of file.read(0, bytes)) {
      signal.throwIfAborted();
      await pace(chunk.length);
      hash.update(chunk);
      onProgress(chunk.length);
    }
  } finally {
    await file.close();
  }
  const actual = hash.digest("hex");
  if (actual !== sha1) {
    throw new OperationError(
      "transfer-mismatch",
      `the copy of ${application}/${name} at ${depot.location} is damaged or another one: it has SHA1 ${actual}, the sidecar here says ${sha1}`,
      {
        hint: "nothing was replaced or removed. Look at that disk, and move the copy and its sidecar away: the next run sends the archive anew",
      },
    );
  }
  if (!hasSidecar) {
    const sidecar = await writeSidecar(action, depot);
    try {
      await sidecar.publish();
    } finally {
      await sidecar.close();
    }
  }
  await depot.removePart(action);
}

async function openUnchanged(
  place: Pick<Remote, "open">,
  { application, name, bytes, modifiedAt }: RemotePath & { bytes: number; modifiedAt: number | undefined },
): Promise<RemoteFile> {
  const file = await place.open({ application, name });
  if (file.bytes === bytes && (modifiedAt === undefined || file.modifiedAt === modifiedAt)) return file;
  await file.close();
  throw new OperationError("transfer-failed", `${name} was replaced or removed meanwhile`, {
    hint: "nothing was sent or removed; the next run looks again",
  });
}
