import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { readLastDigest, writeLastDigest } from "./last-digest.ts";

const at = new Date("2026-11-24T08:00:00.000Z");

function logger() {
  const logged: string[] = [];
  return { logged, log: createLogger({ format: "plain", level: "warn", write: (text) => logged.push(text) }) };
}

it("remembers when the last summary was sent", async () => {
  const directory = temporaryDirectory("digest");
  expect(await readLastDigest(directory)).toBeUndefined();
  await writeLastDigest(directory, at, logger().log);
  expect(await readLastDigest(directory)).toEqual(at);
});

it.each(["", "{", "null", '{"at":"noon"}'])("knows nothing where it finds %j", async (text) => {
  const directory = temporaryDirectory("digest");
  mkdirSync(join(directory, "notify"));
  writeFileSync(join(directory, "notify", "digest.json"), text);
  expect(await readLastDigest(directory)).toBeUndefined();
});

it("warns where it cannot be remembered, with what to do", async () => {
  const { log, logged } = logger();
  await writeLastDigest("/dev/null", at, log);
  expect(logged.join("")).toMatch(/cannot be remembered in \/dev\/null\/notify\/digest\.json.*\n.*stateDir/);
});
