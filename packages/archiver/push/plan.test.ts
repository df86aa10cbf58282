import { expect, test } from "vitest";
import type { Survey, SurveyedArchive } from "../pull/survey.ts";
import type { RemoteEntry } from "../remote/remote.ts";
import type { Counterpart } from "./destination.ts";
import { type PushSituation, planPush } from "./plan.ts";
import type { PushedRecord } from "./records.ts";

const name = "wiki_20261123T020000Z.tar.zst";
const sha1 = "a".repeat(40);
const archive: SurveyedArchive = { application: "wiki", name, bytes: 100, modifiedAt: 1, sidecar: { sha1 } };
const survey: Survey = {
  applications: [],
  finished: [archive],
  unfinished: [],
  orphans: [],
  unreadable: [],
  ignored: [],
};
const nothing: Counterpart = { archive: undefined, sidecar: undefined, part: undefined, obstacle: undefined };
const entry = (bytes: number): RemoteEntry => ({ name, kind: "file", bytes, modifiedAt: 2 });
const record: PushedRecord = {
  event: "pushed",
  at: "2026-11-23T03:00:00.000Z",
  destination: "there",
  application: "wiki",
  name,
  bytes: 100,
  sha1,
  durable: true,
  seconds: 1,
};

function plan(there: Partial<Counterpart>, more: { record?: PushedRecord; again?: boolean } = {}) {
  const situation: PushSituation = {
    survey,
    counterpart: () => ({ ...nothing, ...there }),
    pushed: () => more.record,
    unfinished: [],
    again: more.again ?? false,
  };
  return planPush(situation)[0];
}

const same = { archive: entry(100), sidecar: { sha1 } };

test.each([
  ["nothing there", {}, { kind: "send", resumeFrom: 0, hasSidecar: false, reason: "new" }],
  ["a part", { part: entry(40) }, { kind: "send", resumeFrom: 40 }],
  ["a part that is too long", { part: entry(400) }, { kind: "send", resumeFrom: 100 }],
  ["its sidecar alone", { sidecar: { sha1 } }, { kind: "send", hasSidecar: true }],
  ["all of it", same, { kind: "confirm", hasSidecar: true }],
  ["the archive alone", { archive: entry(100) }, { kind: "confirm", hasSidecar: false }],
  ["another size", { ...same, archive: entry(99) }, { kind: "refuse" }],
  ["another size alone", { archive: entry(99) }, { kind: "refuse" }],
  ["another sidecar", { ...same, sidecar: { sha1: "b".repeat(40) } }, { kind: "refuse" }],
  ["another sidecar alone", { sidecar: { sha1: "b".repeat(40) } }, { kind: "refuse" }],
  ["an unreadable sidecar", { ...same, sidecar: { problem: "is empty" } }, { kind: "refuse" }],
  ["an obstacle", { obstacle: "wiki is a link there" }, { kind: "refuse" }],
])("an archive that was never sent, with %s", (_, there, action) => {
  expect(plan(there)).toMatchObject(action);
});

test.each([
  ["nothing there", {}, { kind: "present" }],
  ["all of it", same, { kind: "present", reason: "there already" }],
  ["its sidecar alone, which a pull is just removing", { sidecar: { sha1 } }, { kind: "present" }],
  ["the archive alone", { archive: entry(100) }, { kind: "confirm", hasSidecar: false }],
  ["another size", { ...same, archive: entry(99) }, { kind: "refuse" }],
  ["another sidecar", { ...same, sidecar: { sha1: "b".repeat(40) } }, { kind: "refuse" }],
])("an archive that was sent before, with %s", (_, there, action) => {
  expect(plan(there, { record })).toMatchObject(action);
});

test("sends again what is not there any more, and only that", () => {
  expect(plan({}, { record, again: true })).toMatchObject({ kind: "send", reason: "--again" });
  expect(plan(same, { record, again: true })).toMatchObject({ kind: "present" });
  expect(plan({ sidecar: { sha1 } }, { record, again: true })).toMatchObject({ kind: "present" });
});

test("refuses a sidecar here that says nothing, and leaves unfinished archives alone", () => {
  const actions = planPush({
    survey: {
      ...survey,
      finished: [{ ...archive, sidecar: { problem: "the sidecar is empty" } }],
      unfinished: [{ application: "wiki", name: "wiki_20261124T020000Z.tar.zst" }],
    },
    counterpart: () => nothing,
    pushed: () => undefined,
    unfinished: [],
    again: false,
  });
  expect(actions.map(({ kind }) => kind)).toEqual(["refuse", "skip"]);
});

test("clears away parts of what is gone here, and no others", () => {
  const gone = { application: "wiki", name: "wiki_20261101T020000Z.tar.zst" };
  const actions = (there: Partial<Counterpart>, unfinished = [gone]) =>
    planPush({ survey, counterpart: () => ({ ...nothing, ...there }), pushed: () => record, unfinished, again: false });
  expect(actions({ part: entry(5) })[0]).toMatchObject({ kind: "discard", name: gone.name });
  expect(actions({})).toMatchObject([{ kind: "present" }]);
  expect(actions({ part: entry(5) }, [{ application: "wiki", name }])).toMatchObject([{ kind: "present" }]);
});
