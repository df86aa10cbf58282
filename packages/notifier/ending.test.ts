import { describe, expect, it } from "vitest";
import { describeEnding, type Ending, endingExitCode, nameEnding } from "./ending.ts";

const table: [Ending, number, string, string][] = [
  [{ kind: "exited", exitCode: 0 }, 0, "exit code 0", "exit code 0"],
  [{ kind: "exited", exitCode: 1 }, 1, "exit code 1", "exit code 1"],
  [{ kind: "exited", exitCode: 143 }, 143, "exit code 143 (SIGTERM)", "exit code 143"],
  [{ kind: "signalled", signal: "SIGTERM" }, 143, "ended by SIGTERM (15): told to end", "ended by SIGTERM"],
  [{ kind: "signalled", signal: "SIGXFSZ" }, 153, "ended by SIGXFSZ (25)", "ended by SIGXFSZ"],
  [{ kind: "timed-out", limit: 7_200_000 }, 124, "timed out after 2 h", "timed out"],
  [{ kind: "not-started", exitCode: 127, problem: "x: not found" }, 127, "x: not found", "command not found"],
  [{ kind: "not-started", exitCode: 126, problem: "x: no" }, 126, "x: no", "command could not be started"],
];

describe("an ending", () => {
  it.each(table)("%j has an exit code and can be told", (ending, exitCode, description, name) => {
    expect([endingExitCode(ending), describeEnding(ending), nameEnding(ending)]).toEqual([exitCode, description, name]);
  });
});
