import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runNotify, setUp, setUpWithSink } from "./support.ts";

describe("notify's exit code", () => {
  it.each([0, 1, 2, 124, 255])("is the command's own: %i", async (exitCode) => {
    const setup = await setUpWithSink();
    const result = await runNotify(setup, ["--", "sh", "-c", `exit ${exitCode}`]);
    expect(result.exitCode).toBe(exitCode);
    expect(setup.sink.mails).toHaveLength(1);
  });

  it("is 127 for a command that does not exist, and a mail says so", async () => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, ["--", "no-such-command", "x"]);
    expect(exitCode).toBe(127);
    expect(stderr).toContain("no-such-command: not found in any directory of PATH");
    expect(setup.sink.mails[0]?.subject).toMatch(/^\[backup\] FAILED no-such-command on .*: command not found$/);
    expect(setup.sink.mails[0]?.text).toContain("cron's PATH is short");
  });

  it.each([
    [
      "a file without permission",
      "permission denied; run: chmod +x",
      (path: string) => writeFileSync(path, "#!/bin/sh\n", { mode: 0o644 }),
    ],
    ["a directory", "it is a directory", (path: string) => mkdirSync(path)],
    [
      "a script whose interpreter is missing",
      "its interpreter /no/such/interpreter does not exist",
      (path: string) => {
        writeFileSync(path, "#!/no/such/interpreter -x\n");
        chmodSync(path, 0o755);
      },
    ],
  ])("is 126 for %s", async (_, problem, make) => {
    const setup = await setUpWithSink();
    const path = join(setup.directory, "command");
    make(path);
    const { exitCode, stderr } = await runNotify(setup, ["--", path]);
    expect(exitCode).toBe(126);
    expect(stderr).toContain(problem);
    expect(setup.sink.mails[0]?.text).toContain(problem);
  });

  it("is 128 and the number of a signal that has no name, which is no success", async () => {
    const setup = await setUpWithSink();
    const { exitCode } = await runNotify(setup, ["--", "bash", "-c", "kill -s RTMIN+3 $$"]);
    expect([exitCode, setup.sink.mails[0]?.subject]).toEqual([165, expect.stringContaining("FAILED bash")]);
  });

  it("is 127 for a path that does not exist", async () => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, ["--", "/no/such/file"]);
    expect([exitCode, stderr]).toEqual([127, expect.stringContaining("/no/such/file: not found")]);
  });
});

it("runs the command and tells of it where the system makes no state directory", async () => {
  const setup = await setUpWithSink();
  const { transports } = JSON.parse(readFileSync(setup.configFile, "utf8"));
  writeFileSync(setup.configFile, JSON.stringify({ transports, stateDir: "/proc/no-such-place" }));
  const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", "exit 7"]);
  expect([exitCode, setup.sink.mails.length]).toEqual([7, 1]);
  expect(stderr).toContain("the job's state cannot be kept in /proc/no-such-place");
});

it("runs the command where no transport is configured, and says that nobody will hear of it", async () => {
  const setup = setUp();
  writeFileSync(setup.configFile, "{}");
  const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", "exit 7"]);
  expect(exitCode).toBe(7);
  expect(stderr).toContain("nobody will hear of this: no transport is configured");
  expect(stderr).toContain("type: smtp");
});

it("`notify test` fails where no transport is configured, and shows how to write one", async () => {
  const setup = setUp();
  writeFileSync(setup.configFile, "{}");
  const { exitCode, stderr } = await runNotify(setup, ["test"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("type: smtp")]);
});

describe("notify refuses with 125 and runs nothing", () => {
  const touch = (directory: string) => ["touch", join(directory, "marker")];
  const ran = (directory: string) => existsSync(join(directory, "marker"));

  it.each([
    ["broken YAML", "transports: [", "notify.json"],
    ["an unknown key", '{"transport": []}', "did you mean"],
    ["an unknown type", '{"transports": [{"type": "pigeon"}]}', "expected one of these types: smtp"],
    ["several problems", '{"transports": [{"type": "smtp", "host": "", "form": "x", "to": []}]}', "problems:"],
  ])("with %s", async (_, content, message) => {
    const setup = setUp();
    writeFileSync(setup.configFile, content);
    const { exitCode, stderr, stdout } = await runNotify(setup, ["--", ...touch(setup.directory)]);
    expect([exitCode, stdout.length, ran(setup.directory)]).toEqual([125, 0, false]);
    expect(stderr).toContain(message);
    expect(stderr).toContain("the command was not run");
  });

  it("with a configuration file that does not exist", async () => {
    const setup = setUp();
    const { exitCode, stderr } = await runNotify({ ...setup, configFile: "/no/such/notify.yaml" }, [
      "--",
      ...touch(setup.directory),
    ]);
    expect([exitCode, ran(setup.directory)]).toEqual([125, false]);
    expect(stderr).toContain("/no/such/notify.yaml");
  });

  it.each([
    ["no command", [], "there is no command to run"],
    ["no `--`", ["touch", "marker"], "did you mean: notify --config"],
    ["an unknown option", ["--nmae", "x", "--", "touch", "marker"], "unknown option '--nmae'"],
    ["a time limit that is none", ["--timeout", "soon", "--", "touch", "marker"], "--timeout soon is no time limit"],
    ["a time limit of nothing", ["--timeout", "0s", "--", "touch", "marker"], "is no time limit"],
    ["a time limit beyond a timer", ["--timeout", "60d", "--", "touch", "marker"], "at most 24d"],
    ["--json", ["--json", "--", "touch", "marker"], "--json does not go with a command"],
    ["an empty name", ["--name", " ", "--", "touch", "marker"], "--name is empty"],
  ])("with %s", async (_, args, message) => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, args, { cwd: setup.directory });
    expect([exitCode, ran(setup.directory)]).toEqual([125, false]);
    expect(stderr).toContain(message);
  });

  it("with a plain password in a file that others can read", async () => {
    const setup = setUp({
      type: "smtp",
      host: "localhost",
      user: "u",
      password: "pl4in-text",
      from: "a@b.c",
      to: ["a@b.c"],
    });
    chmodSync(setup.configFile, 0o644);
    const { exitCode, stderr } = await runNotify(setup, ["--", ...touch(setup.directory)]);
    expect([exitCode, ran(setup.directory)]).toEqual([125, false]);
    expect(stderr).toContain("chmod o-rwx");
    expect(stderr).not.toContain("pl4in-text");
  });
});
