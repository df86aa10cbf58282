import { sidecarName } from "@catapullt/core/archive/sidecar";
import type { Survey, SurveyedArchive } from "../pull/survey.ts";
import type { FileState, RemotePath } from "../remote/remote.ts";
import type { Counterpart } from "./destination.ts";
import type { PushedRecord } from "./records.ts";

interface KnownArchive extends RemotePath, FileState {
  sha1: string;
  reason: string;
}

export interface SendAction extends KnownArchive {
  kind: "send";
  /** Bytes that an earlier run seems to have sent. */
  resumeFrom: number;
  /** The destination has the archive's sidecar, and nothing else of it. */
  hasSidecar: boolean;
}

/** The destination has an archive of this name, and nothing tells that it is whole: it is read back. */
export interface ConfirmAction extends KnownArchive {
  kind: "confirm";
  hasSidecar: boolean;
}

/** It was sent: it is there, or was taken from there since. */
export interface PresentAction extends KnownArchive {
  kind: "present";
}

export interface SkipAction extends RemotePath {
  kind: "skip";
  reason: string;
}

export interface RefuseAction extends RemotePath {
  kind: "refuse";
  reason: string;
  hint: string;
}

/** A part at the destination of an archive that is no longer here. */
export interface DiscardAction extends RemotePath {
  kind: "discard";
  reason: string;
}

export type PushAction = SendAction | ConfirmAction | PresentAction | SkipAction | RefuseAction | DiscardAction;

export interface PushSituation {
  /** This host's work directory. */
  survey: Survey;
  counterpart: (archive: RemotePath) => Counterpart;
  pushed: (archive: RemotePath & { sha1: string }) => PushedRecord | undefined;
  /** Archives whose sending an earlier run has begun. */
  unfinished: readonly RemotePath[];
  /** Send what was taken from the destination once more. */
  again: boolean;
}

/** Decides what a push does with each archive, oldest first. Pure. */
export function planPush(situation: PushSituation): PushAction[] {
  const { survey, unfinished, counterpart } = situation;
  const waiting = new Set(survey.finished.map(key));
  return [
    ...unfinished
      .filter((archive) => !waiting.has(key(archive)) && counterpart(archive).part?.kind === "file")
      .map(({ application, name }): DiscardAction => {
        return { kind: "discard", application, name, reason: "an unfinished part of what is no longer on this host" };
      }),
    ...survey.finished.map((archive) => planArchive(archive, situation)),
    ...survey.unfinished.map(({ application, name }): SkipAction => {
      return { kind: "skip", application, name, reason: "not finished: it has no sidecar" };
    }),
  ];
}

function planArchive(archive: SurveyedArchive, { counterpart, pushed, again }: PushSituation): PushAction {
  const { application, name, bytes, modifiedAt, sidecar } = archive;
  if ("problem" in sidecar) {
    const hint =
      "nothing was sent or removed. Look at the agent's log; if the archive is whole, write its sidecar anew with sha1sum";
    return { kind: "refuse", application, name, reason: sidecar.problem, hint };
  }
  const known = { application, name, bytes, modifiedAt, sha1: sidecar.sha1 };
  const there = counterpart(archive);
  const refusal = refuse(known, there);
  if (refusal !== undefined) return refusal;
  const record = pushed(known);
  const hasSidecar = there.sidecar !== undefined;
  if (there.archive !== undefined) {
    if (!hasSidecar)
      return {
        ...known,
        kind: "confirm",
        hasSidecar,
        reason: "an earlier run was interrupted: its sidecar is missing",
      };
    return record === undefined
      ? { ...known, kind: "confirm", hasSidecar, reason: "there already, though this host has no record of it" }
      : { ...known, kind: "present", reason: "there already" };
  }
  if (record !== undefined && (!again || hasSidecar))
    return { ...known, kind: "present", reason: `sent on ${record.at.slice(0, 10)}, and taken from there since` };
  const resumeFrom = Math.min(there.part?.bytes ?? 0, bytes);
  const reason = record !== undefined ? "--again" : resumeFrom > 0 ? "an earlier run was interrupted" : "new";
  return { ...known, kind: "send", resumeFrom, hasSidecar, reason };
}

const hintForAnother =
  "nothing was sent, replaced or removed. Find out which one is right (backup-agent verify FILE), and move the other one away. Do two hosts push to the same place?";

function refuse(
  { application, name, bytes, sha1 }: RemotePath & { bytes: number; sha1: string },
  { archive, sidecar, obstacle }: Counterpart,
): RefuseAction | undefined {
  const refusal = (reason: string, hint = hintForAnother): RefuseAction => {
    return { kind: "refuse", application, name, reason, hint };
  };
  if (obstacle !== undefined)
    return refusal(`${obstacle}`, "links are never followed: look what it is, and move it away");
  if (archive !== undefined && archive.bytes !== bytes)
    return refusal(`there is another archive of this name: ${archive.bytes} bytes, here ${bytes}`);
  if (sidecar === undefined) return undefined;
  if ("problem" in sidecar) return refusal(`at the destination: ${sidecar.problem}`);
  return sidecar.sha1 === sha1
    ? undefined
    : refusal(`there, ${sidecarName(name)} speaks of another archive: SHA1 ${sidecar.sha1}, here ${sha1}`);
}

function key({ application, name }: RemotePath): string {
  return `${application}/${name}`;
}
