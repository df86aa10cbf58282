import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { addRun, createRecord } from "./job-record.ts";
import { readRecord, readRecords, writeRecord } from "./job-store.ts";

const awkward = "../../etc/cron.d/x\n\0 ÄÖ";

it("keeps the record of a job whose name no file could have", async () => {
  const directory = temporaryDirectory("state");
  const moment = new Date("2026-11-23T02:00:00.000Z");
  const record = addRun(createRecord(awkward), { state: "failure", startedAt: moment, endedAt: moment, exitCode: 1 });
  await writeRecord(directory, record);
  expect(await readRecord(directory, awkward)).toEqual(record);
  const [file = ""] = readdirSync(join(directory, "notify", "jobs"));
  expect(statSync(join(directory, "notify", "jobs", file)).mode & 0o777).toBe(0o640);
});

it("keeps jobs with similar names apart, and lists all by name", async () => {
  const directory = temporaryDirectory("state");
  await writeRecord(directory, createRecord("b a"));
  await writeRecord(directory, createRecord("a b"));
  expect(await readRecord(directory, "a-b")).toBeUndefined();
  expect((await readRecords(directory)).map(({ job }) => job)).toEqual(["a b", "b a"]);
});

it("knows nothing where there is no record, or none that can be understood", async () => {
  const directory = temporaryDirectory("state");
  expect([await readRecord(directory, "x"), await readRecords(directory)]).toEqual([undefined, []]);
  await writeRecord(directory, createRecord("x"));
  const [file = ""] = readdirSync(join(directory, "notify", "jobs"));
  writeFileSync(join(directory, "notify", "jobs", file), "{");
  expect([await readRecord(directory, "x"), await readRecords(directory)]).toEqual([undefined, []]);
});
