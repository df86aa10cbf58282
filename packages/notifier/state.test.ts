import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { continueHistory, readHistory, writeHistory } from "./state.ts";

const endedAt = new Date("2026-11-23T02:00:00.000Z");
const later = new Date("2026-11-24T02:00:00.000Z");

describe("continueHistory", () => {
  it("counts runs that end alike and keeps when they began", () => {
    const first = continueHistory(undefined, { job: "x", state: "failure", endedAt });
    const second = continueHistory(first, { job: "x", state: "failure", endedAt: later });
    expect(second).toEqual({ job: "x", state: "failure", runs: 2, since: endedAt });
  });

  it("begins anew when the state changes", () => {
    const first = continueHistory(undefined, { job: "x", state: "failure", endedAt });
    expect(continueHistory(first, { job: "x", state: "success", endedAt: later })).toMatchObject({
      runs: 1,
      since: later,
    });
  });
});

describe("a job's history", () => {
  it("is read as it was written, for names that no file could have", async () => {
    const directory = temporaryDirectory("state");
    const job = "../../etc/cron.d/x\n\0 ÄÖ";
    const history = { job, state: "failure" as const, runs: 3, since: endedAt };
    await writeHistory(directory, history);
    expect(await readHistory(directory, job)).toEqual(history);
    const [file = ""] = readdirSync(join(directory, "notify", "jobs"));
    expect(statSync(join(directory, "notify", "jobs", file)).mode & 0o777).toBe(0o640);
  });

  it("keeps jobs with similar names apart", async () => {
    const directory = temporaryDirectory("state");
    await writeHistory(directory, { job: "a b", state: "failure", runs: 1, since: endedAt });
    expect(await readHistory(directory, "a-b")).toBeUndefined();
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '{"job":"x","state":"great","runs":1,"since":"2026-11-23T02:00:00.000Z"}',
    '{"job":"x","state":"failure","runs":1,"since":"never"}',
  ])("is unknown where its file holds %j", async (content) => {
    const directory = temporaryDirectory("state");
    await writeHistory(directory, { job: "x", state: "failure", runs: 1, since: endedAt });
    const [file = ""] = readdirSync(join(directory, "notify", "jobs"));
    writeFileSync(join(directory, "notify", "jobs", file), content);
    expect(await readHistory(directory, "x")).toBeUndefined();
  });
});
