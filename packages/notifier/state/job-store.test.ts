import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { run } from "@catapullt/core/process/run";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { addRun, createRecord } from "./job-record.ts";
import { readRecord, readRecords, updateRecord, writeRecord } from "./job-store.ts";

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

const moment = new Date("2026-11-23T02:00:00.000Z");
const failedRun = { state: "failure", startedAt: moment, endedAt: moment, exitCode: 1 } as const;

function logTo(lines: string[]) {
  return createLogger({ format: "plain", level: "info", write: (line) => lines.push(line) });
}

it("loses no run when several processes add one at the same moment", async () => {
  const stateDirectory = temporaryDirectory("state");
  const script = `
    const { updateRecord } = await import(${JSON.stringify(new URL("./job-store.ts", import.meta.url).href)});
    const { addRun } = await import(${JSON.stringify(new URL("./job-record.ts", import.meta.url).href)});
    const now = new Date();
    const run = { state: "failure", startedAt: now, endedAt: now, exitCode: 1 };
    for (let count = 0; count < 10; count += 1)
      await updateRecord("x", (record) => addRun(record, run), { stateDirectory: ${JSON.stringify(stateDirectory)} });`;
  const processes = Array.from({ length: 4 }, () =>
    run(process.execPath, ["--input-type=module", "--eval", script], {}),
  );
  const outcomes = await Promise.all(processes);
  expect(outcomes.map(({ exitCode, errorOutput }) => [exitCode, errorOutput.includes("Error")])).toEqual(
    outcomes.map(() => [0, false]),
  );
  expect((await readRecord(stateDirectory, "x"))?.streak?.runs).toBe(40);
});

it.each([
  ["damaged", "{", "it was damaged"],
  [
    "a newer version's",
    '{"schemaVersion": 2, "job": "x", "recent": [], "told": {}}',
    "a newer version of notify wrote it",
  ],
])("sets a record aside that is %s, with a warning, and begins anew", async (_, text, reason) => {
  const stateDirectory = temporaryDirectory("state");
  await writeRecord(stateDirectory, createRecord("x"));
  const directory = join(stateDirectory, "notify", "jobs");
  const [file = ""] = readdirSync(directory);
  writeFileSync(join(directory, file), text);
  const logged: string[] = [];
  const { before, after } = await updateRecord("x", (record) => addRun(record, failedRun), {
    stateDirectory,
    log: logTo(logged),
  });
  expect([before, after.streak?.runs]).toEqual([createRecord("x"), 1]);
  expect(logged.join("")).toContain(`set aside: ${join(directory, file)}.unusable`);
  expect(logged.join("")).toContain(reason);
  expect(readFileSync(join(directory, `${file}.unusable`), "utf8")).toBe(text);
  expect(await readRecord(stateDirectory, "x")).toEqual(after);
});
