import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { finish, isAlive, runNotify, setUpWithSink, startNotify, waitForText } from "./support.ts";

/** A script that fails as often as said, and counts its runs in the file `runs`. */
const failing = (times: number, exitCode = 3) =>
  `echo x >> runs; n=$(wc -l < runs); echo "run $n"; [ $n -gt ${times} ] || exit ${exitCode}`;

describe("--retry", () => {
  it("runs a failing command again until it succeeds, and the message says how often it failed", async () => {
    const setup = await setUpWithSink();
    const args = ["--retry=3", "--retry-pause", "1s", "--name", "flaky", "--", "sh", "-c", failing(2)];
    const { exitCode, stdout, stderr } = await runNotify(setup, args, { cwd: setup.directory });
    expect([exitCode, stdout.toString()]).toEqual([0, "run 1\nrun 2\nrun 3\n"]);
    expect(stderr).toContain("exit code 3; try 2 of 4 follows in 1.0 s");
    expect(setup.sink.mails).toHaveLength(1);
    expect(setup.sink.mails[0]?.subject).toMatch(/OK flaky on .*, failed 2 times before$/);
    expect(setup.sink.mails[0]?.text).toMatch(/\| run 1\n\| -+ try 2 of 4, after: exit code 3 -+\n\| run 2\n/);
  });

  it("ends with the code of the last try where all fail, and tells once", async () => {
    const setup = await setUpWithSink();
    const script = "echo x >> runs; exit $(wc -l < runs)";
    const args = ["--retry", "1", "--retry-pause", "1s", "--", "sh", "-c", script];
    expect((await runNotify(setup, args, { cwd: setup.directory })).exitCode).toBe(2);
    expect(setup.sink.mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("exit code 2")]);
    expect(setup.sink.mails[0]?.text).toMatch(/Tries +2, each failed/);
  });

  it("counts a time limit as a failure, and does not take the first try's report for the second's", async () => {
    const setup = await setUpWithSink();
    const script = 'test -e again && exit 0; touch again; echo "{" > "$BACKUP_REPORT"; sleep 600';
    const args = ["--retry", "1", "--retry-pause", "1s", "--timeout", "1s", "--", "sh", "-c", script];
    const { exitCode } = await runNotify(setup, args, { cwd: setup.directory });
    expect([exitCode, existsSync(join(setup.directory, "again"))]).toEqual([0, true]);
    expect(setup.sink.mails[0]?.text).toContain("after: timed out after 1.0 s");
  });

  it("does not run again what cannot be started", async () => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, ["--retry", "5", "--", "no-such-command"]);
    expect([exitCode, stderr.includes("try 2")]).toEqual([127, false]);
  });

  it("is ended by a signal to notify, in a pause as well as during a run", async () => {
    const setup = await setUpWithSink();
    const pausing = startNotify(setup, ["--retry", "5", "--retry-pause", "1h", "--", "sh", "-c", "exit 7"]);
    await waitForText(pausing.stderr, "follows in");
    const paused = finish(pausing);
    pausing.kill("SIGTERM");
    const running = startNotify(setup, ["--retry", "5", "--retry-pause", "1h", "--", "sh", "-c", "echo on; sleep 600"]);
    await waitForText(running.stdout, "on\n");
    running.kill("SIGTERM");
    expect([(await paused).exitCode, (await finish(running)).exitCode]).toEqual([7, 143]);
    expect(setup.sink.mails).toHaveLength(2);
  });
});

describe("--lock", () => {
  it("does not run a job whose run before still goes on, and tells that", async () => {
    const setup = await setUpWithSink();
    const first = startNotify(setup, ["--lock", "--name", "job", "--", "sh", "-c", "echo on; exec sleep 600"]);
    await waitForText(first.stdout, "on\n");
    const second = await runNotify(setup, ["--lock", "--name", "job", "--", "echo", "ran"]);
    const other = await runNotify(setup, ["--lock", "--name", "other", "--", "echo", "ran"]);
    first.kill("SIGTERM");
    await finish(first);
    expect([second.exitCode, second.stdout.toString(), other.stdout.toString()]).toEqual([4, "", "ran\n"]);
    expect(second.stderr).toMatch(/the run before still goes on, since \d{4}-.* \(process \d+\)/);
    expect(setup.sink.mails[0]?.subject).toMatch(/FAILED job on .*: not run, the run before still goes on$/);
    expect((await runNotify(setup, ["--lock", "--name", "job", "--", "true"])).exitCode).toBe(0);
  });

  it("does not run the command where nobody can lock, and tells why", async () => {
    const setup = await setUpWithSink();
    mkdirSync(join(setup.directory, "state"));
    writeFileSync(join(setup.directory, "state", "locks"), "a file");
    const { exitCode, stdout } = await runNotify(setup, ["--lock", "--", "echo", "ran"]);
    expect([exitCode, stdout.toString()]).toEqual([125, ""]);
    expect(setup.sink.mails[0]?.text).toContain("set `stateDir` to one that is");
  });
});

describe("--quiet-success", () => {
  const script = (exitCode: number) => `echo one; echo two >&2; printf three; exit ${exitCode}`;

  it("passes nothing on where the command succeeds, though the message has it", async () => {
    const setup = await setUpWithSink();
    const { stdout, stderr } = await runNotify(setup, ["--quiet-success", "--", "sh", "-c", script(0)]);
    expect([stdout.toString(), stderr]).toEqual(["", ""]);
    expect(setup.sink.mails[0]?.text).toContain("| one\n| two\n| three");
  });

  it("passes all on where it fails, in its order", async () => {
    const setup = await setUpWithSink();
    const { stdout, stderr, exitCode } = await runNotify(setup, ["--quiet-success", "--", "sh", "-c", script(5)]);
    expect([stdout.toString(), stderr, exitCode]).toEqual(["one\nthree", "two\n", 5]);
  });

  it("passes the end on, and says so, where there is more than can be held", async () => {
    const setup = await setUpWithSink();
    const args = ["--quiet-success", "--", "sh", "-c", "head -c 210000000 /dev/zero; echo end; exit 1"];
    const { stdout, stderr } = await runNotify(setup, args);
    expect(stdout.length).toBeGreaterThan(64 * 1024 * 1024);
    expect(stdout.length).toBeLessThan(210_000_000);
    expect(stdout.subarray(-5).toString()).toBe("\0end\n");
    expect(stderr).toMatch(/the first [\d.]+ MB of the command's output were not kept/);
  });
});

describe("--only-on", () => {
  it("tells a run only if it is one of the events", async () => {
    const setup = await setUpWithSink();
    const run = (exitCode: number) =>
      runNotify(setup, ["--only-on", "failure,recovery", "--name", "job", "--", "sh", "-c", `exit ${exitCode}`]);
    for (const exitCode of [0, 1, 0, 0]) await run(exitCode);
    expect(setup.sink.mails.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("FAILED job"),
      expect.stringContaining("recovered after 1 failure"),
    ]);
  });
});

describe("--output-limit", () => {
  it("says how much of the output a message may hold", async () => {
    const setup = await setUpWithSink();
    const linesWith = async (...options: string[]) => {
      await runNotify(setup, [...options, "--", "seq", "-f", "line %.0f", "1", "30000"]);
      return setup.sink.mails.at(-1)?.text.match(/^\| line /gm)?.length;
    };
    expect(await linesWith()).toBe(50);
    expect(await linesWith("--output-limit", "200B")).toBeLessThan(20);
    expect(await linesWith("--output-limit", "1MB")).toBe(769);
  });
});

describe("--kill-after", () => {
  it("leaves a command that takes long to end the time to do so", async () => {
    const setup = await setUpWithSink();
    const script = "trap 'sleep 7; echo cleaned > marker; exit 0' TERM; while :; do sleep 0.05; done";
    const args = ["--timeout", "1s", "--kill-after", "1m", "--", "sh", "-c", script];
    expect((await runNotify(setup, args, { cwd: setup.directory })).exitCode).toBe(124);
    expect(readFileSync(join(setup.directory, "marker"), "utf8")).toBe("cleaned\n");
  });

  it("kills what does not end by then", async () => {
    const setup = await setUpWithSink();
    const script = "trap '' TERM; echo $$; while :; do sleep 0.05; done";
    const args = ["--timeout", "1s", "--kill-after", "1s", "--", "sh", "-c", script];
    const { exitCode, stdout } = await runNotify(setup, args);
    expect([exitCode, isAlive(Number(stdout.toString()))]).toEqual([124, false]);
  });
});
