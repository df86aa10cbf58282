import { judgeArchive } from "@catapullt/core/archive/verify";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { StoredArchive, Vault, VerifyOptions } from "../vault/vault.ts";

export type Finding =
  | { kind: "whole"; sha1: string; bytes: number; warning?: string }
  | { kind: "damaged"; reason: string; expected: string; found: string }
  | { kind: "gone"; error: OperationError }
  | { kind: "failed"; error: OperationError };

export interface ReadContext {
  vault: Vault;
  signal: AbortSignal;
  reading: VerifyOptions;
  /** The SHA1 with which an archive arrived, where that is known. */
  arrivedAs: (archive: StoredArchive) => Promise<string | undefined>;
}

/** Reads an archive and judges it. What seems damaged is read a second time: no archive is given up for one bad read. */
export async function examine(archive: StoredArchive, context: ReadContext): Promise<Finding> {
  try {
    return await judge(archive, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    return { kind: hasErrorCode(error.cause, "ENOENT", "ENOTDIR") ? "gone" : "failed", error };
  }
}

async function judge(archive: StoredArchive, context: ReadContext): Promise<Finding> {
  const { vault, reading, signal, arrivedAs } = context;
  const first = await readOnce(archive, context);
  if ("sha1" in first) return { kind: "whole", ...first };
  if (archive.sha1 === undefined) throw unusableSidecar(archive);
  const found = await vault.hash(archive, signal, reading.pace);
  if (found !== archive.sha1) {
    if (found === (await arrivedAs(archive))) throw unusableSidecar(archive);
    return { kind: "damaged", reason: errorMessage(first.damage), expected: archive.sha1, found };
  }
  if (judgeArchive(first.damage) === "later") throw ofLaterRelease(archive, first.damage);
  const { onProgress: _, ...silent } = reading; // progress counts each archive once
  const second = await readOnce(archive, { ...context, reading: silent });
  if ("sha1" in second) {
    const warning = `${archive.name} is whole, but a first reading said otherwise: ${errorMessage(first.damage)}. Look at this host's memory and disks`;
    return { kind: "whole", ...second, warning };
  }
  return { kind: "damaged", reason: errorMessage(second.damage), expected: archive.sha1, found };
}

async function readOnce(
  archive: StoredArchive,
  { vault, reading }: ReadContext,
): Promise<{ sha1: string; bytes: number } | { damage: unknown }> {
  try {
    const { sha1, bytes } = await vault.verify(archive, reading);
    return { sha1, bytes };
  } catch (damage) {
    if (judgeArchive(damage) !== undefined) return { damage };
    // The sidecar is read before the archive. What has a cause could not be read at all, and says so.
    const isAboutSidecar = archive.sha1 === undefined && damage instanceof OperationError && damage.cause === undefined;
    throw isAboutSidecar ? unusableSidecar(archive) : damage;
  }
}

function unusableSidecar({ host, application, name }: StoredArchive): OperationError {
  return new OperationError("archive-invalid", `the sidecar of ${host}/${application}/${name} is damaged`, {
    hint: `compare the archive's SHA1 with the \`stored\` line of this name in .archiver/receipts.jsonl. If they are equal, the archive is right; in its directory run: sha1sum ${name} > ${name}.sha1`,
  });
}

function ofLaterRelease({ name }: StoredArchive, cause: unknown): OperationError {
  return new OperationError(
    "archive-invalid",
    `${name} was made by a later release: its SHA1 is right, its content cannot be judged: ${errorMessage(cause)}`,
    { hint: "update the tools on this host, then verify again", cause },
  );
}
