import { describe, expect, it } from "vitest";
import { addLateRun, addRun, createRecord, keptRuns, parseRecord, type RecordedRun } from "./job-record.ts";

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

  it("keeps what was not told of a failure until that can be said, and says no more of what it was", () => {
    const silent = { at: new Date("2026-11-23T02:00:00Z"), what: "failure, exit code 1", heldBack: 3 };
    const failing = addRun({ ...createRecord("x"), told: { ...told, silent } }, run("failure", 1));
    const over = { silent: { ...silent, what: "" } };
    expect(failing.told).toEqual({ ...told, silent });
    expect(addRun(failing, run("success", 2)).told).toEqual(over);
    expect(addRun(failing, run("warning", 2)).told).toEqual(over);
  });

  it("takes the run that was recorded last as the last one, also by a clock that went back", () => {
    const record = addRun(addRun(createRecord("x"), run("failure", 20)), run("success", 10));
    expect(record.streak).toEqual({ state: "success", runs: 1, since: run("success", 10).endedAt });
  });

  it("keeps the newest runs, and no more than are needed", () => {
    let record = createRecord("x");
    for (let day = 1; day <= keptRuns + 5; day += 1) record = addRun(record, run("success", day));
    expect(record.recent).toHaveLength(keptRuns);
    expect(record.recent.at(-1)).toEqual(run("success", keptRuns + 5));
    expect(record.streak?.runs).toBe(keptRuns + 5);
  });
});

describe("addLateRun", () => {
  const record = addRun(addRun({ ...createRecord("x"), told }, run("failure", 1)), run("failure", 5));

  it("puts a run where it belongs, which says nothing of how things are now", () => {
    expect(addLateRun(record, run("success", 3))).toEqual({
      ...record,
      recent: [run("failure", 1), run("success", 3), run("failure", 5)],
    });
  });

  it("takes the newest run as any other", () => {
    expect(addLateRun(record, run("success", 6))).toEqual(addRun(record, run("success", 6)));
  });

  it("knows a run that was recorded already", () => {
    expect(addLateRun(record, run("failure", 5))).toEqual(record);
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
