import { describe, expect, it } from "vitest";
import { addRun, createRecord, keptRuns, parseRecord, type RecordedRun } from "./job-record.ts";

const run = (state: RecordedRun["state"], day: number): RecordedRun => ({
  state,
  startedAt: new Date(Date.UTC(2026, 10, day, 2)),
  endedAt: new Date(Date.UTC(2026, 10, day, 3)),
  exitCode: state === "failure" ? 1 : 0,
  bytes: 1_000,
});

const told = { "smtp mail.example.com:587": { at: new Date("2026-11-23T02:00:00Z"), what: "failure, exit code 1" } };

describe("addRun", () => {
  it("counts runs that end alike and keeps when the first of them ended", () => {
    const record = addRun(addRun(createRecord("x"), run("failure", 1)), run("failure", 2));
    expect(record.streak).toEqual({ state: "failure", runs: 2, since: run("failure", 1).endedAt });
  });

  it("begins anew when the state changes", () => {
    const record = addRun(addRun(createRecord("x"), run("failure", 1)), run("success", 2));
    expect(record.streak).toEqual({ state: "success", runs: 1, since: run("success", 2).endedAt });
  });

  it("forgets who was told of a failure once the job goes well, and that it was overdue", () => {
    const late = { ...createRecord("x"), told, overdueSince: new Date() };
    expect(addRun(late, run("failure", 1))).toMatchObject({ told, overdueSince: undefined });
    expect(addRun(late, run("success", 1))).toMatchObject({ told: {}, overdueSince: undefined });
  });

  it("keeps the newest runs, and no more than are needed", () => {
    let record = createRecord("x");
    for (let day = 1; day <= keptRuns + 5; day += 1) record = addRun(record, run("success", day));
    expect(record.recent).toHaveLength(keptRuns);
    expect(record.recent.at(-1)).toEqual(run("success", keptRuns + 5));
    expect(record.streak?.runs).toBe(keptRuns + 5);
  });
});

describe("parseRecord", () => {
  it("reads what was written", () => {
    const record = { ...addRun(createRecord("x"), run("warning", 1)), told, overdueSince: new Date() };
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
    expect(parseRecord(JSON.stringify(createRecord("y")))).toEqual(createRecord("y"));
  });

  it.each(["", "{", "null", "[]", '{"job":"x"}', '{"job":"x","recent":[{"state":"great"}],"told":{}}'])(
    "knows nothing where it finds %j",
    (text) => {
      expect(parseRecord(text)).toBeUndefined();
    },
  );
});
