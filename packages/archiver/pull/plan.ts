import { sidecarName } from "@catapullt/core/archive/sidecar";
import type { FileState, RemotePath } from "../remote/remote.ts";
import type { StoredArchive, UnfinishedFetch } from "../vault/vault.ts";
import type { SidecarContent, Survey, SurveyedArchive } from "./survey.ts";

export interface FetchAction extends RemotePath, FileState {
  kind: "fetch";
  sha1: string;
  /** Bytes that an earlier run has fetched already. */
  resumeFrom: number;
  reason: string;
}

/** The vault holds the archive: what is left of it at the host goes. */
export interface RemoveAction extends RemotePath {
  kind: "remove";
  /** Of the archive in the vault. */
  bytes: number;
  sha1: string;
  /** The archive at the host; undefined where only its sidecar is left. */
  archive: FileState | undefined;
  reason: string;
}

/** Nothing is done. */
export interface SkipAction extends RemotePath {
  kind: "skip";
  reason: string;
}

/** Something is wrong with the archive: nothing is done, and the host counts as failed. */
export interface RefuseAction extends RemotePath {
  kind: "refuse";
  code: "transfer-mismatch" | "quota-exceeded";
  reason: string;
  hint: string;
}

/** An unfinished fetch in the vault whose source is gone. */
export interface DiscardAction extends RemotePath {
  kind: "discard";
  reason: string;
}

export type PullAction = FetchAction | RemoveAction | SkipAction | RefuseAction | DiscardAction;

export interface PullSituation {
  survey: Survey;
  stored: readonly StoredArchive[];
  unfinishedFetches: readonly UnfinishedFetch[];
  keepRemote: boolean;
  /** The hash of an archive of this name that `prune` has removed from the vault. */
  prunedAs: (path: RemotePath) => string | undefined;
}

/** Decides what a pull does with each archive of one host, oldest first. Pure. */
export function planPull({ survey, stored, unfinishedFetches, keepRemote, prunedAs }: PullSituation): PullAction[] {
  const inVault = new Map(stored.map((archive) => [key(archive), archive]));
  const parts = new Map(unfinishedFetches.map((part) => [key(part), part]));
  const wanted = new Set(survey.finished.map(key));
  return [
    ...unfinishedFetches
      .filter((part) => !wanted.has(key(part)))
      .map(({ application, name }): DiscardAction => {
        return { kind: "discard", application, name, reason: "an unfinished fetch of what is no longer at the host" };
      }),
    ...survey.finished.map((archive) =>
      planArchive(archive, {
        known: inVault.get(key(archive)),
        part: parts.get(key(archive)),
        keepRemote,
        pruned: keepRemote ? prunedAs(archive) : undefined,
      }),
    ),
    ...survey.orphans.map((orphan) => planOrphan(orphan, { known: inVault.get(key(orphan)), keepRemote })),
    ...survey.unfinished.map(({ application, name }): SkipAction => {
      return { kind: "skip", application, name, reason: "not finished: it has no sidecar" };
    }),
  ];
}

interface ArchiveSituation {
  known: StoredArchive | undefined;
  part: UnfinishedFetch | undefined;
  keepRemote: boolean;
  /** The hash of the one that was removed from the vault; looked at with `keepRemote` only, since otherwise it is gone at the host. */
  pruned: string | undefined;
}

function planArchive(archive: SurveyedArchive, { known, part, keepRemote, pruned }: ArchiveSituation): PullAction {
  const { application, name, bytes, modifiedAt, sidecar } = archive;
  if ("problem" in sidecar) {
    return {
      kind: "refuse",
      code: "transfer-mismatch",
      application,
      name,
      reason: sidecar.problem,
      hint: "the archive stays where it is. Look at the agent's log; if the archive is whole, write its sidecar anew with sha1sum",
    };
  }
  const { sha1 } = sidecar;
  if (known === undefined && pruned === sha1) {
    return skipFinished(archive, "it was in the vault, and the retention there does not keep it");
  }
  if (known === undefined) {
    const resumeFrom = part !== undefined && isFrom(part, archive, sha1) ? part.bytes : 0;
    const reason = resumeFrom > 0 ? "an earlier fetch was interrupted" : "new";
    return { kind: "fetch", application, name, bytes, modifiedAt, sha1, resumeFrom, reason };
  }
  if (known.sha1 !== sha1 || known.bytes !== bytes) {
    return {
      kind: "refuse",
      code: "transfer-mismatch",
      application,
      name,
      reason: `the vault holds another archive of this name: ${describe(known)}, at the host ${bytes} bytes with SHA1 ${sha1}`,
      hint: "nothing was removed. Find out which one is right (backup-agent verify FILE), and move the other one away",
    };
  }
  if (keepRemote) return skipFinished(archive, "in the vault already; kept at the host");
  return {
    kind: "remove",
    application,
    name,
    bytes,
    sha1,
    archive: { bytes, modifiedAt },
    reason: "in the vault already",
  };
}

function skipFinished({ application, name }: RemotePath, reason: string): SkipAction {
  return { kind: "skip", application, name, reason };
}

// A run that ends between the two removals leaves the sidecar: what it states tells that it belongs to the vault's copy.
function planOrphan(
  { application, name, sidecar }: RemotePath & { sidecar: SidecarContent },
  { known, keepRemote }: Pick<ArchiveSituation, "known" | "keepRemote">,
): PullAction {
  const isOurs = known !== undefined && "sha1" in sidecar && sidecar.sha1 === known.sha1;
  if (!isOurs || keepRemote)
    return {
      kind: "skip",
      application,
      name,

      reason: `${sidecarName(name)} has no archive beside it`,
    };
  const { bytes } = known;
  const { sha1 } = sidecar;
  return { kind: "remove", application, name, bytes, sha1, archive: undefined, reason: "only its sidecar is left" };
}

function isFrom({ bytes, source }: UnfinishedFetch, archive: FileState, sha1: string): boolean {
  return (
    source?.sha1 === sha1 &&
    source.bytes === archive.bytes &&
    source.modifiedAt === archive.modifiedAt &&
    bytes <= archive.bytes
  );
}

function describe({ bytes, sha1 }: StoredArchive): string {
  return `${bytes} bytes with ${sha1 === undefined ? "an unreadable sidecar" : `SHA1 ${sha1}`}`;
}

function key({ application, name }: RemotePath): string {
  return `${application}/${name}`;
}
