import { describe, expect, it } from "vitest";
import { addRun, createRecord, type JobRecord } from "../state/job-record.ts";
import { planReminder, type ReminderQuestion } from "./plan.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = new Date("2026-11-23T02:00:00Z");
const later = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const trouble = "failure, exit code 1";

function ask(more: Partial<ReminderQuestion>) {
  return planReminder({ told: undefined, what: trouble, kind: "run", remind: day, now: start, ...more });
}

const told = { at: start, what: trouble };

describe("planReminder", () => {
  it.each<[string, Partial<ReminderQuestion>, boolean]>([
    ["trouble that nobody was told of", {}, true],
    ["the same a moment later", { told, now: later(1) }, false],
    ["the same just before the time", { told, now: later(day - hour - 1) }, false],
    ["the same on the next night, a little early", { told, now: later(day - 5 * 60_000) }, true],
    ["the same long after", { told, now: later(9 * day) }, true],
    ["the same where no time is set", { told, now: later(1), remind: undefined }, true],
    ["other trouble", { told, what: "failure, exit code 2", now: later(1) }, true],
    ["the same after it was over", { told: { at: start, what: "", heldBack: 3 }, now: later(1) }, true],
    ["no trouble", { told, what: undefined, now: later(1) }, true],
    ["the same by a clock that went back", { told, now: later(-1) }, true],
    ["the same shortly after, with a short time", { told, remind: 600_000, now: later(539_000) }, false],
    ["the same a tenth early, with a short time", { told, remind: 600_000, now: later(541_000) }, true],
  ])("of %s: %o", (_, question, isTold) => {
    expect(ask(question).isTold).toBe(isTold);
  });

  it("says in a reminder when it told last, and how many runs it did not tell of", () => {
    expect(ask({ told: { ...told, heldBack: 11 }, now: later(day) })).toEqual({
      isTold: true,
      notes: [
        "This is a reminder: it goes on. You were told last at 2026-11-23 02:00:00 UTC (Monday).",
        "11 runs after 2026-11-23 02:00:00 UTC (Monday) went wrong in the same way and were not told one by one (`remind`).",
      ],
      told: { at: later(day), what: trouble },
    });
  });

  it("counts runs that it does not tell of, but no checks that found a job missing", () => {
    expect(ask({ told, now: later(1) }).told).toEqual({ ...told, heldBack: 1 });
    expect(ask({ told: { ...told, heldBack: 1 }, now: later(1) }).told).toEqual({ ...told, heldBack: 2 });
    expect(ask({ told, kind: "missed", now: later(1) }).told).toEqual(told);
  });

  it("says with the recovery what was not told before", () => {
    const answer = ask({ told: { at: start, what: "", heldBack: 1 }, what: undefined, now: later(1) });
    expect(answer).toEqual({
      isTold: true,
      notes: [
        "1 run after 2026-11-23 02:00:00 UTC (Monday) went wrong in the same way and was not told one by one (`remind`).",
      ],
      told: undefined,
    });
  });
});

describe("a job that runs every 5 minutes", () => {
  /** When its transport is told, by the index of the run. */
  function simulate(states: readonly ("success" | "failure")[]): number[] {
    let record: JobRecord = createRecord("x");
    return states.flatMap((state, index) => {
      const now = later(index * 300_000);
      record = addRun(record, { state, startedAt: now, endedAt: now, exitCode: state === "failure" ? 1 : 0 });
      const what = state === "failure" ? trouble : undefined;
      const answer = ask({ told: record.told.mail, what, now });
      record = { ...record, told: answer.told === undefined ? {} : { mail: answer.told } };
      return answer.isTold ? [index] : [];
    });
  }

  it("and fails for 3 days is told at once, three times more, and when it recovers", () => {
    const runs = 3 * 24 * 12;
    const sent = simulate([...Array.from({ length: runs }, () => "failure" as const), "success"]);
    expect(sent).toHaveLength(5);
    expect([sent[0], sent.at(-1)]).toEqual([0, runs]);
  });

  it("and fails again after a success is told of at once", () => {
    expect(simulate(["failure", "failure", "success", "failure", "failure"])).toEqual([0, 2, 3]);
  });
});
