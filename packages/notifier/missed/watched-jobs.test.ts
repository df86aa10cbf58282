import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { watchJobs } from "./watched-jobs.ts";

const noon = new Date("2026-11-24T12:00:00.000Z");
const later = new Date("2026-11-25T12:00:00.000Z");
const nightly = { schedule: "0 2 * * *", grace: 3_600_000 };

function watcher(stateDirectory: string) {
  const logged: string[] = [];
  const log = createLogger({ format: "plain", level: "warn", write: (text) => logged.push(text) });
  const watch = (jobs: Parameters<typeof watchJobs>[0], now: Date) => watchJobs(jobs, { stateDirectory, now, log });
  return { watch, logged };
}

it("remembers since when a job has been expected at its times", async () => {
  const { watch } = watcher(temporaryDirectory("watched"));
  expect(await watch({ a: nightly }, noon)).toEqual(new Map([["a", noon]]));
  expect(await watch({ a: { ...nightly, grace: 0, longest: 1_000 }, b: nightly }, later)).toEqual(
    new Map([
      ["a", noon],
      ["b", later],
    ]),
  );
});

it("begins anew where the times change, and where a job comes back after it was taken out", async () => {
  const { watch } = watcher(temporaryDirectory("watched"));
  await watch({ a: nightly, b: nightly }, noon);
  expect((await watch({ a: { ...nightly, schedule: "0 3 * * *" } }, later)).get("a")).toEqual(later);
  expect((await watch({ b: nightly }, later)).get("b")).toEqual(later);
});

it("corrects what a clock that was wrong has left", async () => {
  const { watch } = watcher(temporaryDirectory("watched"));
  await watch({ a: nightly }, new Date("2038-01-01T00:00:00.000Z"));
  expect((await watch({ a: nightly }, noon)).get("a")).toEqual(noon);
});

it.each(["", "{", "[]", '{"a":{"since":"yesterday"}}'])(
  "makes a file that holds %j anew, with a warning",
  async (text) => {
    const directory = temporaryDirectory("watched");
    const path = join(directory, "notify", "watched.json");
    mkdirSync(join(directory, "notify"));
    writeFileSync(path, text);
    const { watch, logged } = watcher(directory);
    expect(await watch({ a: nightly }, noon)).toEqual(new Map([["a", noon]]));
    expect(logged.join("")).toContain(`${path} is damaged`);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ a: { since: noon.toISOString() } });
  },
);

it("counts jobs as expected since ever where nothing can be remembered, and says so", async () => {
  const file = join(temporaryDirectory("watched"), "file");
  writeFileSync(file, "");
  const { watch, logged } = watcher(file);
  expect(await watch({ a: nightly }, noon)).toEqual(new Map());
  expect(logged.join("")).toMatch(/cannot be remembered in .*file\/notify\/watched\.json: ENOTDIR.*\n.*stateDir/);
});
