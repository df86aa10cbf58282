import { closeSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programFile } from "@catapullt/testkit/programs";
import { describe, expect, it } from "vitest";
import { finish, isAlive, runNotify, setUpWithSink, startNotify, waitForText } from "./support.ts";

/** Writes 10,000 lines, each to the other place than the one before. */
const interleaved = `const { writeSync } = require("node:fs");
  for (let number = 0; number < 5000; number += 1) { writeSync(1, "out " + number + "\\n"); writeSync(2, "err " + number + "\\n"); }`;
const lines = (place: string) => Array.from({ length: 5_000 }, (_, index) => `${place} ${index}\n`);
const both = lines("out").flatMap((line, index) => [line, `err ${index}\n`]);

describe("10,000 lines to both places in turns", () => {
  it("keep their order where both lead to one file, and in the message", async () => {
    const setup = await setUpWithSink();
    const log = join(setup.directory, "log");
    const descriptor = openSync(log, "w");
    const args = ["--output-limit", "1MB", "--", process.execPath, "-e", interleaved];
    await finish(startNotify(setup, args, { stdio: ["ignore", descriptor, descriptor] }));
    closeSync(descriptor);
    expect(readFileSync(log, "utf8")).toBe(both.join(""));
    expect(setup.sink.mails[0]?.text).toContain(
      both
        .slice(-700)
        .map((line) => `| ${line}`)
        .join(""),
    );
  });

  it("keep their order where both lead to one pipe", async () => {
    const setup = await setUpWithSink();
    const inner = ["--config", setup.configFile, "--", process.execPath, "-e", interleaved];
    const script = 'exec "$@" 2>&1';
    const program = process.argv0;
    const args = ["--", "sh", "-c", script, "sh", process.execPath, programFile("notify"), ...inner];
    const { stdout } = await runNotify(setup, args, { argv0: program });
    expect(stdout.toString()).toBe(both.join(""));
  });

  it("are all there, each place's in its order, where they lead to two", async () => {
    const setup = await setUpWithSink();
    const { stdout, stderr } = await runNotify(setup, ["--", process.execPath, "-e", interleaved]);
    expect([stdout.toString(), stderr]).toEqual([lines("out").join(""), lines("err").join("")]);
  });

  it("are in the message although nobody takes them", async () => {
    const setup = await setUpWithSink();
    const descriptor = openSync("/dev/null", "w");
    const args = ["--", process.execPath, "-e", interleaved];
    await finish(startNotify(setup, args, { stdio: ["ignore", descriptor, descriptor] }));
    closeSync(descriptor);
    expect(setup.sink.mails[0]?.text).toContain(
      both
        .slice(-50)
        .map((line) => `| ${line}`)
        .join(""),
    );
  });
});

describe("output that cannot be passed on", () => {
  it("to a full disk costs a warning, and the command goes on", async () => {
    const setup = await setUpWithSink();
    const full = openSync("/dev/full", "w");
    const child = startNotify(setup, ["--", "sh", "-c", "seq 1 100000; echo bad >&2; exit 6"], {
      stdio: ["ignore", full, "pipe"],
    });
    const { exitCode, stderr } = await finish(child);
    closeSync(full);
    expect(exitCode).toBe(6);
    expect(stderr).toContain("cannot be passed on any more: ENOSPC");
    expect(stderr).toContain("bad\n");
    expect(setup.sink.mails[0]?.text).toContain("| 100000\n");
  });

  it.each([
    ["output and errors", ">&- 2>&-"],
    ["output", ">&-"],
    ["errors", "2>&-"],
    ["input", "<&-"],
    ["all three", "<&- >&- 2>&-"],
  ])("since %s are closed changes nothing else", async (_, redirections) => {
    const setup = await setUpWithSink();
    const program = [process.execPath, programFile("notify")];
    const script = `"$@" ${redirections}; echo "code $?" > ended`;
    const command = ["--config", setup.configFile, "--", "sh", "-c", "echo out; echo err >&2; cat; exit 5"];
    const args = ["--", "sh", "-c", script, "sh", ...program, ...command];
    await runNotify(setup, args, { cwd: setup.directory });
    expect(readFileSync(join(setup.directory, "ended"), "utf8")).toBe("code 5\n");
    expect(setup.sink.mails[0]?.text).toMatch(/\| (out\n\| err|err\n\| out)\n/);
  });
});

describe("output without an end", () => {
  it("costs no memory, and the time limit still comes", async () => {
    const setup = await setUpWithSink();
    const script =
      "yes 'no end' & while :; do grep VmHWM /proc/$(cut -d ' ' -f 4 /proc/$PPID/stat)/status > new && mv new peak; done";
    const descriptor = openSync("/dev/null", "w");
    const child = startNotify(setup, ["--timeout", "3s", "--kill-after", "1s", "--", "sh", "-c", script], {
      stdio: ["ignore", descriptor, "pipe"],
      cwd: setup.directory,
    });
    const { exitCode } = await finish(child);
    closeSync(descriptor);
    expect(exitCode).toBe(124);
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(join(setup.directory, "peak"), "utf8"))?.[1])).toBeLessThan(
      200_000,
    );
    expect(setup.sink.mails[0]?.text).toContain("| no end\n");
  });

  it("as one line that goes on and on costs no memory either", async () => {
    const setup = await setUpWithSink();
    const script = `head -c 150000000 /dev/zero | tr '\\0' x; grep VmHWM /proc/$(cut -d ' ' -f 4 /proc/$PPID/stat)/status >&2`;
    const { stdout, stderr } = await runNotify(setup, ["--", "sh", "-c", script]);
    expect(stdout.length).toBe(150_000_000);
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(stderr)?.[1])).toBeLessThan(200_000);
  });
});

describe("a stopped command", () => {
  it("goes on where notify is stopped and continued", async () => {
    const setup = await setUpWithSink();
    const script = "echo $$; while [ ! -e go ]; do sleep 0.05; done; echo went on; exit 3";
    const child = startNotify(setup, ["--", "sh", "-c", script], { cwd: setup.directory });
    const command = Number(await waitForText(child.stdout, "\n"));
    child.kill("SIGTSTP");
    // A shell that waits for a child of its own that is stopped before it could exec is in D.
    await expect.poll(() => stateOf(command), { timeout: 30_000 }).toMatch(/[TD]/);
    await expect.poll(() => stateOf(child.pid ?? 0), { timeout: 30_000 }).toBe("T");
    writeFileSync(join(setup.directory, "go"), "");
    child.kill("SIGCONT");
    const { stdout, exitCode } = await finish(child);
    expect([stdout.toString(), exitCode]).toEqual(["went on\n", 3]);
  });

  it("ends at its time limit all the same", async () => {
    const setup = await setUpWithSink();
    const args = ["--timeout", "1s", "--", "sh", "-c", "echo $$; kill -STOP $$; sleep 600"];
    const { stdout, exitCode } = await runNotify(setup, args);
    expect([exitCode, isAlive(Number(stdout.toString()))]).toEqual([124, false]);
  });
});

/** The letter for a process's state, as in ps(1). */
function stateOf(processId: number): string | undefined {
  return /\) (\w) /.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1];
}

describe("a command that cannot be run", () => {
  it.each([
    ["that is a link to itself", 126, (path: string) => symlinkSync(path, path)],
    ["that is in a file, not a directory", 127, (path: string) => writeFileSync(path, "")],
  ])("%s has the shell's code", async (_, code, make) => {
    const setup = await setUpWithSink();
    const path = join(setup.directory, "command");
    make(path);
    const { exitCode } = await runNotify(setup, ["--", code === 127 ? `${path}/x` : path]);
    expect([exitCode, setup.sink.mails.length]).toEqual([code, 1]);
  });

  it("but is a script without `#!` is run by the shell, as a shell does", async () => {
    const setup = await setUpWithSink();
    const path = join(setup.directory, "command");
    writeFileSync(path, "echo ran by $0; exit 4\n", { mode: 0o755 });
    const { stdout, exitCode } = await runNotify(setup, ["--", path]);
    expect([stdout.toString(), exitCode]).toEqual([`ran by ${path}\n`, 4]);
  });

  it.each([["exit"], ["cd"], ["ulimit"]])("since it is the shell's own `%s` is not found", async (word) => {
    const setup = await setUpWithSink();
    expect(
      (await runNotify(setup, ["--", word, "3"], { env: { ...setup.environment, PATH: "/nowhere" } })).exitCode,
    ).toBe(127);
  });
});

it("gives the command an environment and names as it would have them without notify", async () => {
  const setup = await setUpWithSink();
  const env = { PATH: setup.environment.PATH, "a.b": "1", LC_ALL: "xx_XX.UTF-8", HOME: setup.directory };
  const { stdout, stderr } = await runNotify(setup, ["--", "env"], { env });
  const names = stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.indexOf("=")));
  expect([names.sort(), stderr]).toEqual([["BACKUP_REPORT", "HOME", "LC_ALL", "PATH", "a.b"], ""]);
});
