import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { finish, isAlive, runNotify, setUpWithSink, startNotify, waitForText } from "./support.ts";

/** What a script prints of the largest memory of the notify above it, and above its supervisor. */
const peakOfNotify = "grep VmHWM /proc/$(cut -d ' ' -f 4 /proc/$PPID/stat)/status";

describe("notify passes on", () => {
  it("output and errors byte by byte, each to its own place", async () => {
    const setup = await setUpWithSink();
    const [output, errors] = [randomBytes(3_000_000), randomBytes(1_000_000)];
    writeFileSync(join(setup.directory, "output"), output);
    writeFileSync(join(setup.directory, "errors"), errors);
    const child = startNotify(setup, ["--", "sh", "-c", "cat output; cat errors >&2"], { cwd: setup.directory });
    const chunks: Buffer[] = [];
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const { stdout, exitCode } = await finish(child);
    expect(exitCode).toBe(0);
    expect(stdout.equals(output)).toBe(true);
    expect(Buffer.concat(chunks).equals(errors)).toBe(true);
  });

  it("standard input", async () => {
    const setup = await setUpWithSink();
    const input = randomBytes(500_000);
    const child = startNotify(setup, ["--", "cat"], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin?.end(input);
    expect((await finish(child)).stdout.equals(input)).toBe(true);
  });

  it("arguments, working directory and environment as they are", async () => {
    const setup = await setUpWithSink();
    const script = 'printf "%s|" "$@"; pwd; echo "$FLAG"';
    const { stdout } = await runNotify(
      setup,
      ["--", "sh", "-c", script, "sh", "a b", "", "--name", "$x", "ü\n", "--"],
      {
        cwd: setup.directory,
        env: { ...setup.environment, FLAG: "set" },
      },
    );
    expect(stdout.toString()).toBe(`a b||--name|$x|ü\n|--|${setup.directory}\nset\n`);
  });

  it("lines of both streams in their order where both go to one file", async () => {
    const setup = await setUpWithSink();
    const log = join(setup.directory, "log");
    const descriptor = openSync(log, "w");
    const script = "i=0; while [ $i -lt 500 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done";
    await finish(startNotify(setup, ["--", "sh", "-c", script], { stdio: ["ignore", descriptor, descriptor] }));
    closeSync(descriptor);
    const expected = Array.from({ length: 500 }, (_, index) => `out ${index}\nerr ${index}\n`).join("");
    expect(readFileSync(log, "utf8")).toBe(expected);
  });

  it("what scripts write to /dev/stdout and /dev/stderr", async () => {
    const setup = await setUpWithSink();
    const { stdout, stderr, exitCode } = await runNotify(setup, [
      "--",
      "sh",
      "-c",
      "echo a >/dev/stdout; echo b >/dev/stderr",
    ]);
    expect([exitCode, stdout.toString(), stderr]).toEqual([0, "a\n", "b\n"]);
  });

  it("a hundred megabytes without growing", async () => {
    const setup = await setUpWithSink();
    const child = startNotify(setup, ["--", "sh", "-c", `head -c 100000000 /dev/zero; ${peakOfNotify} >&2`]);
    let bytes = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const { stderr, exitCode } = await finish(child);
    expect([exitCode, bytes]).toEqual([0, 100_000_000]);
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(stderr)?.[1])).toBeLessThan(200_000);
  });

  it("nothing where nobody reads any more, and lets the command go on", async () => {
    const setup = await setUpWithSink();
    const script = "seq 1 300000 && seq 1 100000 >&2 && echo whole > marker; exit 6";
    const child = startNotify(setup, ["--", "sh", "-c", script], { cwd: setup.directory });
    await waitForText(child.stdout, "1\n");
    child.stdout?.destroy();
    child.stderr?.destroy();
    const exitCode = await new Promise((resolve) => child.once("exit", resolve));
    expect(exitCode).toBe(6);
    expect(readFileSync(join(setup.directory, "marker"), "utf8")).toBe("whole\n");
    expect(setup.sink.mails[0]?.subject).toContain("exit code 6");
  });

  it("all that came before the end, also when it is read much later", async () => {
    const setup = await setUpWithSink();
    const child = startNotify(setup, ["--", "sh", "-c", "seq 1 40000; echo marker >&2"]);
    await expect.poll(() => setup.sink.mails.length, { timeout: 30_000 }).toBe(1);
    const { stdout } = await finish(child);
    expect(stdout.toString().split("\n").slice(-2)).toEqual(["40000", ""]);
  });
});

describe("notify ends", () => {
  it("when the command does, although a daemon that it started holds the output open", async () => {
    const setup = await setUpWithSink();
    const { stdout, exitCode } = await runNotify(setup, ["--", "sh", "-c", "sleep 600 & echo $!; exit 5"]);
    const daemon = Number(stdout.toString());
    const lived = isAlive(daemon);
    process.kill(daemon, "SIGKILL");
    expect([exitCode, lived]).toEqual([5, true]);
    expect(setup.sink.mails[0]?.text).toContain("exit code 5");
  });

  it("with the last lines of a logger that outlives the command for a moment", async () => {
    const setup = await setUpWithSink();
    const script = "exec > >(sleep 0.3; cat) 2>&1; echo late; exit 0";
    const { stdout } = await runNotify(setup, ["--", "bash", "-c", script]);
    expect(stdout.toString()).toBe("late\n");
    expect(setup.sink.mails[0]?.text).toContain("| late");
  });

  it("without leaving its temporary files", async () => {
    const setup = await setUpWithSink();
    await runNotify(setup, ["--", "sh", "-c", 'echo x > "$BACKUP_REPORT"; stat -c %a "$(dirname "$BACKUP_REPORT")"']);
    await runNotify(setup, ["--", "nosuch-command"]);
    expect(readdirSync(setup.directory).sort()).toEqual(["notify.json", "state"]);
  });

  it("as usual where neither the first temporary directory nor `mkfifo` can be used", async () => {
    const setup = await setUpWithSink();
    const { stdout, stderr, exitCode } = await runNotify(
      setup,
      ["--", "/bin/sh", "-c", "echo out; echo err >&2; exit 3"],
      {
        env: { ...setup.environment, TMPDIR: "/proc/nowhere", PATH: setup.directory },
      },
    );
    expect([stdout.toString(), stderr, exitCode]).toEqual(["out\n", "err\n", 3]);
    expect(setup.sink.mails[0]?.text).toContain("| err");
  });
});
