import { expect, test } from "vitest";
import type { StoredArchive, UnfinishedFetch } from "../vault/vault.ts";
import { type PullSituation, planPull } from "./plan.ts";
import type { Survey, SurveyedArchive } from "./survey.ts";

const sha1 = "a".repeat(40);
const otherSha1 = "b".repeat(40);
const application = "wiki";
const name = "wiki_20261123T020000Z.tar.zst";
const remote: SurveyedArchive = { application, name, bytes: 100, modifiedAt: 1_000, sidecar: { sha1 } };
const stored: StoredArchive = { host: "wiki01", application, name, bytes: 100, sha1 };
const part: UnfinishedFetch = {
  host: "wiki01",
  application,
  name,
  bytes: 40,
  source: { bytes: 100, modifiedAt: 1_000, sha1 },
};

function plan({ survey = {}, ...rest }: Partial<Omit<PullSituation, "survey">> & { survey?: Partial<Survey> }) {
  const empty: Survey = { applications: [], finished: [], unfinished: [], orphans: [], unreadable: [], ignored: [] };
  return planPull({
    survey: { ...empty, ...survey },
    stored: [],
    unfinishedFetches: [],
    keepRemote: false,
    prunedAs: () => undefined,
    ...rest,
  });
}

test("fetches a finished archive that the vault does not hold", () => {
  expect(plan({ survey: { finished: [remote] } })).toEqual([
    { kind: "fetch", application, name, bytes: 100, modifiedAt: 1_000, sha1, resumeFrom: 0, reason: "new" },
  ]);
});

test("goes on with an unfinished fetch of the same source", () => {
  expect(plan({ survey: { finished: [remote] }, unfinishedFetches: [part] })).toMatchObject([
    { kind: "fetch", resumeFrom: 40, reason: "an earlier fetch was interrupted" },
  ]);
});

test.each<[string, Partial<UnfinishedFetch>]>([
  ["of another hash", { source: { bytes: 100, modifiedAt: 1_000, sha1: otherSha1 } }],
  ["of another size", { source: { bytes: 101, modifiedAt: 1_000, sha1 } }],
  ["of another time", { source: { bytes: 100, modifiedAt: 1_001, sha1 } }],
  ["of an unknown source", { source: undefined }],
  ["that is longer than the archive", { bytes: 101 }],
])("begins anew beside an unfinished fetch %s", (_, change) => {
  expect(plan({ survey: { finished: [remote] }, unfinishedFetches: [{ ...part, ...change }] })).toMatchObject([
    { kind: "fetch", resumeFrom: 0 },
  ]);
});

test("does not fetch again what prune has removed from the vault, where it stays at the host", () => {
  const situation = { survey: { finished: [remote] }, prunedAs: () => sha1 };
  expect(plan({ ...situation, keepRemote: true })).toEqual([
    { kind: "skip", application, name, reason: "it was in the vault, and the retention there does not keep it" },
  ]);
  expect(plan({ ...situation, keepRemote: true, prunedAs: () => otherSha1 })).toMatchObject([{ kind: "fetch" }]);
  expect(plan({ ...situation, keepRemote: false })).toMatchObject([{ kind: "fetch" }]);
});

test("only removes at the host what the vault holds already", () => {
  expect(plan({ survey: { finished: [remote] }, stored: [stored] })).toEqual([
    {
      kind: "remove",
      application,
      name,
      bytes: 100,
      sha1,
      archive: { bytes: 100, modifiedAt: 1_000 },
      reason: "in the vault already",
    },
  ]);
});

test("leaves at the host what the vault holds already where archives are to be kept there", () => {
  expect(plan({ survey: { finished: [remote] }, stored: [stored], keepRemote: true })).toMatchObject([
    { kind: "skip" },
  ]);
});

test.each<[string, Partial<StoredArchive>]>([
  ["another hash", { sha1: otherSha1 }],
  ["another size", { bytes: 99 }],
  ["an unreadable sidecar", { sha1: undefined }],
])("refuses to touch an archive that the vault holds with %s", (_, change) => {
  const [action] = plan({ survey: { finished: [remote] }, stored: [{ ...stored, ...change }] });
  expect(action).toMatchObject({ kind: "refuse", reason: expect.stringContaining("the vault holds another archive") });
});

test("refuses an archive whose sidecar says nothing", () => {
  const finished = [{ ...remote, sidecar: { problem: "the sidecar is empty" } }];
  expect(plan({ survey: { finished } })).toMatchObject([{ kind: "refuse", reason: "the sidecar is empty" }]);
});

test("skips an archive without a sidecar", () => {
  expect(plan({ survey: { unfinished: [{ application, name }] } })).toEqual([
    { kind: "skip", application, name, reason: "not finished: it has no sidecar" },
  ]);
});

test("removes a sidecar that is left alone where it speaks of the vault's copy", () => {
  const survey = { orphans: [{ application, name, sidecar: { sha1 } }] };
  expect(plan({ survey, stored: [stored] })).toMatchObject([{ kind: "remove", archive: undefined }]);
  expect(plan({ survey, stored: [stored], keepRemote: true })).toMatchObject([{ kind: "skip" }]);
  expect(plan({ survey, stored: [{ ...stored, sha1: otherSha1 }] })).toMatchObject([{ kind: "skip" }]);
  expect(plan({ survey })).toMatchObject([{ kind: "skip" }]);
  expect(
    plan({ survey: { orphans: [{ application, name, sidecar: { problem: "empty" } }] }, stored: [stored] }),
  ).toMatchObject([{ kind: "skip" }]);
});

test("discards an unfinished fetch whose archive is no longer at the host, first of all", () => {
  const gone = { ...part, name: "wiki_20261122T020000Z.tar.zst" };
  expect(plan({ survey: { finished: [remote] }, unfinishedFetches: [gone] })).toMatchObject([
    { kind: "discard", name: gone.name },
    { kind: "fetch", name },
  ]);
});

test("tells archives of the same name in different applications apart", () => {
  const other = { ...remote, application: "wiki2" };
  expect(plan({ survey: { finished: [other] }, stored: [stored] })).toMatchObject([
    { kind: "fetch", application: "wiki2" },
  ]);
});
