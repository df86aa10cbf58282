import { describe, expect, it } from "vitest";
import { finish, isAlive, runNotify, setUpWithSink, startNotify, waitForText } from "./support.ts";

describe("notify hands on", () => {
  it.each([
    ["SIGTERM", "TERM"],
    ["SIGINT", "INT"],
    ["SIGHUP", "HUP"],
    ["SIGQUIT", "QUIT"],
    ["SIGUSR1", "USR1"],
    ["SIGUSR2", "USR2"],
  ] as const)("%s to a command that catches it, and returns what it exits with", async (signal, name) => {
    const setup = await setUpWithSink();
    const script = `trap 'echo caught ${name}; exit 9' ${name}; echo ready; while :; do sleep 0.05; done`;
    const child = startNotify(setup, ["--", "sh", "-c", script]);
    await waitForText(child.stdout, "ready\n");
    child.kill(signal);
    const { stdout, exitCode } = await finish(child);
    expect([stdout.toString(), exitCode]).toEqual([`caught ${name}\n`, 9]);
  });

  it("a signal to everything that the command has started", async () => {
    const setup = await setUpWithSink();
    const child = startNotify(setup, ["--", "sh", "-c", "sleep 600 & echo $!; wait"]);
    const grandchild = Number(await waitForText(child.stdout, "\n"));
    child.kill("SIGTERM");
    expect((await finish(child)).exitCode).toBe(143);
    await expect.poll(() => isAlive(grandchild), { timeout: 30_000 }).toBe(false);
  });

  it("every signal, not only the first, to a command that ignores it", async () => {
    const setup = await setUpWithSink();
    const script =
      "n=0; trap 'n=$((n+1)); echo $n; [ $n -lt 3 ] || exit 7' TERM; echo ready; while :; do sleep 0.05; done";
    const child = startNotify(setup, ["--", "sh", "-c", script]);
    await waitForText(child.stdout, "ready\n");
    for (const count of ["1\n", "2\n"]) {
      child.kill("SIGTERM");
      await waitForText(child.stdout, count);
    }
    child.kill("SIGTERM");
    expect((await finish(child)).exitCode).toBe(7);
  });
});

describe("notify tells of a command", () => {
  it.each([
    ["SIGTERM", 143, "told to end"],
    ["SIGKILL", 137, "lack of memory"],
    ["SIGSEGV", 139, "it crashed"],
  ])("that ended by %s", async (signal, code, meaning) => {
    const setup = await setUpWithSink();
    const { exitCode, stderr } = await runNotify(setup, ["--", "sh", "-c", `kill -${signal.slice(3)} $$`]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(`ended by ${signal}`);
    expect(setup.sink.mails[0]?.subject).toContain(`ended by ${signal}`);
    expect(setup.sink.mails[0]?.text).toContain(meaning);
  });

  it("that was ended by a signal to notify itself", async () => {
    const setup = await setUpWithSink();
    const child = startNotify(setup, ["--name", "long", "--", "sh", "-c", "echo ready; exec sleep 600"]);
    await waitForText(child.stdout, "ready\n");
    child.kill("SIGTERM");
    expect((await finish(child)).exitCode).toBe(143);
    expect(setup.sink.mails[0]?.subject).toMatch(/^\[backup\] FAILED long on .*: ended by SIGTERM after /);
  });
});

describe("a time limit", () => {
  it("ends the command and all that it has started, also what does not want to", async () => {
    const setup = await setUpWithSink();
    const script = `
      sleep 600 & echo $!
      (trap '' TERM; while :; do sleep 0.05; done) & echo $!
      kill -STOP $$`;
    const { stdout, stderr, exitCode } = await runNotify(setup, ["--timeout", "1s", "--", "sh", "-c", script]);
    const grandchildren = stdout.toString().trim().split("\n").map(Number);
    expect([exitCode, grandchildren.length, grandchildren.filter(isAlive)]).toEqual([124, 2, []]);
    expect(stderr).toContain("timed out after 1.0 s");
    expect(setup.sink.mails[0]?.subject).toContain("timed out");
  });

  it("counts although nobody reads the output", async () => {
    const setup = await setUpWithSink();
    const child = startNotify(setup, ["--timeout", "1s", "--", "yes"]);
    await expect.poll(() => setup.sink.mails.length, { timeout: 30_000 }).toBe(1);
    expect((await finish(child)).exitCode).toBe(124);
  });

  it("does nothing to a command that ends in time", async () => {
    const setup = await setUpWithSink();
    expect((await runNotify(setup, ["--timeout", "1h", "--", "true"])).exitCode).toBe(0);
  });
});
