import { expect, test } from "vitest";
import { describeOutcome, run } from "./run.ts";

test("gives the whole output", async () => {
  const { output, exitCode } = await run("cat", [], { input: "hello" });
  expect({ output: output.toString(), exitCode }).toEqual({ output: "hello", exitCode: 0 });
});

test.each([
  ["true", [], {}, "exit code 0"],
  ["sh", ["-c", "exit 7"], {}, "exit code 7"],
  ["sh", ["-c", "kill -TERM $$"], {}, "ended by SIGTERM"],
  ["sleep", ["60"], { timeout: 50 }, "timed out"],
])("says how %s %j ended", async (command, args, options, words) => {
  expect(describeOutcome(await run(command, args, options))).toBe(words);
});

test("says why a command could not be started", async () => {
  expect(describeOutcome(await run("/nonexistent/x", []))).toMatch(/^could not be started: .*ENOENT/);
});
