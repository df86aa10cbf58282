import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { Remote } from "../remote/remote.ts";
import { describeArchive } from "../vault/describe.ts";
import { fetchArchive } from "./fetch.ts";
import type { HostContext } from "./limits.ts";
import type { HostOutcome } from "./outcome.ts";
import type { FetchAction, PullAction, RemoveAction } from "./plan.ts";
import type { LookUpRecords } from "./records.ts";
import { proveStored, type Removal, removeAtHost } from "./remove.ts";
import type { Reservation } from "./space.ts";
import { noteDealtWith, type Visit } from "./visit.ts";

/** The pull from one host, as long as its connection lasts. */
export interface HostRun {
  outcome: HostOutcome;
  visit: Visit;
  remote: Remote;
  records: LookUpRecords;
  context: HostContext;
  /** What is set aside in the vault for each archive that is to be fetched. */
  reservations: ReadonlyMap<PullAction, Reservation>;
  onProgress: (bytes: number) => void;
}

/** Does what is planned for one archive. */
export async function runAction(action: PullAction, run: HostRun): Promise<void> {
  const { outcome, visit, context } = run;
  const { host } = outcome;
  const { application, name, reason } = action;
  context.signal.throwIfAborted();
  switch (action.kind) {
    case "fetch":
      return runFetch(action, run);
    case "remove":
      return runRemove(action, run);
    case "discard":
      context.log.info(`${host}: removing ${reason}: ${name}`);
      return context.vault.discard({ host, application, name });
    case "skip":
      context.log.debug(`${host}: left alone: ${name}: ${reason}`);
      outcome.skipped.push({ application, name, reason });
      noteDealtWith(visit, action);
      return;
    case "refuse":
      throw new OperationError(action.code, `${application}/${name}: ${reason}`, { hint: action.hint });
  }
}

async function runFetch(action: FetchAction, run: HostRun): Promise<void> {
  const { outcome, visit, remote, reservations, context, onProgress } = run;
  const { host } = outcome;
  const { vault, log, keepRemote } = context;
  const { application, name, bytes, sha1, modifiedAt, resumeFrom } = action;
  if (resumeFrom > 0) log.info(`${host}: going on with ${name} at ${formatBytes(resumeFrom)} of ${formatBytes(bytes)}`);
  const { transferred, seconds } = await fetchArchive(action, {
    ...context,
    host,
    remote,
    reservation: reservations.get(action),
    onProgress,
  });
  const id = { host, application, name };
  const version = await vault.version(id);
  const at = new Date().toISOString();
  await vault.record({
    event: "stored",
    at,
    ...id,
    bytes,
    sha1,
    source: remote.location,
    seconds: Number(seconds.toFixed(3)),
    version: version ?? null,
    verifiedAt: at,
  });
  await describeArchive({ ...id, bytes, sha1 }, context);
  const path = join(vault.location, host, application, name);
  const fetched = { ...id, path, bytes, sha1, version, seconds, removed: false };
  outcome.fetched.push(fetched);
  const rate = formatBytes(transferred / Math.max(seconds, 0.001));
  log.info(`${host}: fetched ${name}: ${formatBytes(transferred)} in ${formatDuration(seconds * 1000)} (${rate}/s)`);
  if (keepRemote) return noteDealtWith(visit, action);
  await remove({ application, name, bytes, sha1, archive: { bytes, modifiedAt } }, at, run);
  fetched.removed = true;
}

async function runRemove(action: RemoveAction, run: HostRun): Promise<void> {
  const { outcome, remote, records, context } = run;
  const { host } = outcome;
  const { vault, log } = context;
  const { application, name, bytes, sha1 } = action;
  const id = { host, application, name };
  const verifiedAt = await proveStored({ ...id, sha1 }, context);
  const recorded = await records({ ...id, sha1 });
  // A run that ended right after an archive was stored has left no record of it.
  if (!recorded.has("stored")) {
    const version = (await vault.version(id)) ?? null;
    const facts = { ...id, bytes, sha1, source: remote.location, seconds: null, version };
    await vault.record({ event: "stored", at: verifiedAt, ...facts, verifiedAt });
  }
  if (!recorded.has("described")) await describeArchive({ ...id, bytes, sha1 }, context);
  await remove(action, verifiedAt, run);
  outcome.removed.push({ application, name });
  log.info(`${host}: removed ${name} at the host: ${action.reason}`);
}

async function remove(removal: Removal, verifiedAt: string, { outcome, visit, remote, context }: HostRun) {
  const { host } = outcome;
  const { vault } = context;
  const measuresClock = visit.clock === undefined && !visit.readsClock;
  if (measuresClock) visit.readsClock = true;
  try {
    const clock = await removeAtHost(removal, { host, remote, vault, verifiedAt, measuresClock });
    if (clock !== undefined) visit.clock = clock;
  } finally {
    if (measuresClock) visit.readsClock = false;
  }
  noteDealtWith(visit, removal);
}
