import type { KnownArchive, RecordedArchive } from "../catalog/catalog.ts";
import type { Expectation } from "../config/expectation.ts";
import type { HostSighting } from "../vault/sighting.ts";
import { toOwnClock } from "./moment.ts";

/** What is known of one application of one host. */
export interface ApplicationFacts {
  host: string;
  application: string;
  expectation: Expectation | undefined;
  /** The newest ones that the vault holds or has held, oldest first. */
  archives: readonly RecordedArchive[];
  lastProof: Date | undefined;
  /** Paths, relative to the vault, of archives in quarantine. */
  quarantined: readonly string[];
  /** What the last pull saw at the host. */
  sighting: HostSighting | undefined;
}

/** The moment for which is judged, and the zone of schedules that name none. */
export interface Clock {
  now: Date;
  timeZone: string;
}

export function isHeld({ goneAt }: RecordedArchive): boolean {
  return goneAt === undefined;
}

/** Whether an archive is known to be whole. Its time is not looked at. */
export function isSound({ sha1, verifiedAt }: KnownArchive): boolean {
  return sha1 !== undefined && verifiedAt !== undefined;
}

/** A host's clock may be so far ahead without an archive being dated in the future. */
const futureTolerance = 15 * 60_000;

/** When the backup began, by this host's clock; no archive is younger than its arrival. Pure. */
export function timeOfBackup(archive: RecordedArchive, { sighting }: Pick<ApplicationFacts, "sighting">): Date {
  const began = toOwnClock(archive.time, sighting);
  return archive.arrivedAt !== undefined && archive.arrivedAt < began ? archive.arrivedAt : began;
}

export function isDatedInFuture(archive: KnownArchive, { now }: Pick<Clock, "now">): boolean {
  return archive.time.getTime() > now.getTime() + futureTolerance;
}

/**
 * The newest archive that can be restored from as far as anybody knows: by when its backup began, since a name from a clock that
 * was ahead may once be newer than all others. Pure.
 */
export function newestGood(
  facts: Pick<ApplicationFacts, "archives" | "sighting">,
  clock: Pick<Clock, "now">,
): RecordedArchive | undefined {
  return facts.archives
    .filter((archive) => isHeld(archive) && isSound(archive) && !isTooNew(archive, facts, clock))
    .reduce<RecordedArchive | undefined>(
      (newest, archive) =>
        newest !== undefined && timeOfBackup(newest, facts) > timeOfBackup(archive, facts) ? newest : archive,
      undefined,
    );
}

// An archive from a clock that is known to be ahead counts; one that nothing explains does not. A clock that is behind now was
// right when older archives were made: it makes none of them too new.
function isTooNew(
  archive: RecordedArchive,
  { sighting }: Pick<ApplicationFacts, "sighting">,
  { now }: Pick<Clock, "now">,
): boolean {
  const times = [archive.time, toOwnClock(archive.time, sighting)];
  return times.every((time) => isDatedInFuture({ ...archive, time }, { now }));
}
