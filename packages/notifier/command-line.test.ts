import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";

describe("parseCommandLine", () => {
  it.each([
    [["--", "backup-agent", "confluence"], [], ["backup-agent", "confluence"]],
    [
      ["--name", "x", "-v", "--", "rsync", "-a", "--name", "y"],
      ["--name", "x", "-v"],
      ["rsync", "-a", "--name", "y"],
    ],
    [["--", "sh", "-c", "a -- b", "--"], [], ["sh", "-c", "a -- b", "--"]],
    [["--timeout=2h", "--", "test"], ["--timeout=2h"], ["test"]],
    [["--name", "test", "--", "true"], ["--name", "test"], ["true"]],
  ])("takes %j apart at the first separator", (argv, own, command) => {
    expect(parseCommandLine(argv)).toEqual({ own, command, problem: undefined });
  });

  it.each([[["test"]], [["-c", "f.yaml", "config", "check"]], [["test", "--", "x"]]])(
    "leaves %j to notify's own commands",
    (argv) => {
      expect(parseCommandLine(argv)).toEqual({ own: argv, command: undefined, problem: undefined });
    },
  );

  it.each([
    [["backup-agent", "confluence"], "notify -- backup-agent confluence"],
    [["--name", "nightly", "rsync", "-a", "my files", "x"], "notify --name nightly -- rsync -a 'my files' x"],
    [["tset"], "notify test, or: notify -- tset"],
    [["-v", "chekc", "nightly"], "notify -v check nightly, or: notify -v -- chekc nightly"],
  ])("answers %j with the line that was meant", (argv, line) => {
    expect(parseCommandLine(argv).problem?.hint).toBe(`did you mean: ${line}`);
  });

  it.each([[[]], [["-v"]], [["--"]], [["--", ""]]])("finds no command in %j", (argv) => {
    expect(parseCommandLine(argv).problem?.message).toBe("there is no command to run");
  });

  it("refuses words before the separator that are no options", () => {
    expect(parseCommandLine(["x", "--", "true"]).problem?.message).toContain("x stands before `--`");
  });
});
