import type { RunReport } from "@catapullt/core/report/schema";
import { describe, expect, it } from "vitest";
import type { Ending } from "./ending.ts";
import { eventsOf, judgeState, type OutcomeState } from "./outcome.ts";
import { createRecord } from "./state/job-record.ts";

const done: Ending = { kind: "exited", exitCode: 0 };
const failed: Ending = { kind: "exited", exitCode: 1 };
const reported = (outcome: OutcomeState) => ({ outcome }) as RunReport;

describe("judgeState", () => {
  it.each([
    [done, undefined, "success"],
    [done, reported("success"), "success"],
    [done, reported("warning"), "warning"],
    [done, reported("failure"), "failure"],
    [failed, undefined, "failure"],
    [failed, reported("success"), "failure"],
    [{ kind: "timed-out", limit: 1 }, reported("success"), "failure"],
    [{ kind: "signalled", signal: "SIGKILL" }, undefined, "failure"],
  ] as const)("takes the worse of %j and %j", (ending, report, state) => {
    expect(judgeState(ending, report)).toBe(state);
  });
});

describe("eventsOf", () => {
  const since = new Date(0);
  it.each([
    ["success", undefined, ["success"]],
    ["success", "success", ["success"]],
    ["success", "failure", ["success", "recovery"]],
    ["warning", "failure", ["warning", "recovery"]],
    ["failure", "failure", ["failure"]],
    ["failure", "success", ["failure"]],
  ] as const)("is told a %s after %s", (state, before, expected) => {
    const streak = before && { state: before, runs: 1, since };
    expect(eventsOf({ state, before: { ...createRecord("x"), streak } })).toEqual(expected);
  });

  it("is told a recovery after a run that did not come", () => {
    const before = { ...createRecord("x"), overdueSince: since };
    expect(eventsOf({ state: "success", before })).toEqual(["success", "recovery"]);
    expect(eventsOf({ state: "failure", before })).toEqual(["failure"]);
  });
});
