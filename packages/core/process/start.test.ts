import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test, vi } from "vitest";
import { isRunning } from "../test/is-running.ts";
import { secretInputPath, start } from "./start.ts";

async function finish(...[command, args, options]: Parameters<typeof start>) {
  const started = start(command, args, options);
  const [output, outcome] = await Promise.all([text(started.output), started.outcome]);
  return { output, outcome };
}

const normal = { endedBy: undefined, timedOut: false, startError: undefined };

test("gives output, error output and exit code", async () => {
  expect(await finish("sh", ["-c", "echo out; echo err >&2; exit 3"])).toEqual({
    output: "out\n",
    outcome: { ...normal, exitCode: 3, errorOutput: "err\n" },
  });
});

test("hands arguments over without a shell", async () => {
  const { output } = await finish("printf", ["%s|", "$HOME", "`id`", "a b", "*", ""]);
  expect(output).toBe("$HOME|`id`|a b|*||");
});

test("gives the command the environment that is asked for, and no other", async () => {
  process.env.PLANTED_VARIABLE = "x";
  try {
    const { output } = await finish("/usr/bin/env", [], { environment: { ONLY: "this" } });
    expect(output).toBe("ONLY=this\n");
    expect((await finish("/usr/bin/env", [])).output).toContain("PLANTED_VARIABLE=x\n");
  } finally {
    delete process.env.PLANTED_VARIABLE;
  }
});

test("hands a secret over as a file without a name, in neither arguments nor environment", async () => {
  const secret = "pässwörd \n with 'everything' $(x)";
  const { output, outcome } = await finish(
    "sh",
    [
      "-c",
      `cat ${secretInputPath}; echo; stat -Lc %a:%h ${secretInputPath}; tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$$/environ`,
    ],
    { secretInput: secret },
  );
  expect(outcome.exitCode).toBe(0);
  expect(output).toContain(`${secret}\n600:0\n`);
  expect(output.split("everything")).toHaveLength(2);
});

test("lets a secret be read more than once", async () => {
  const { output } = await finish("sh", ["-c", `cat ${secretInputPath} ${secretInputPath}`], { secretInput: "twice " });
  expect(output).toBe("twice twice ");
});

test("writes to standard input, which is empty otherwise", async () => {
  const started = start("cat", [], { standardInput: "pipe" });
  started.input?.end("hello");
  expect(await text(started.output)).toBe("hello");
  expect((await finish("cat", [])).output).toBe("");
});

test("is not troubled by a command that does not read its input", async () => {
  const started = start("true", [], { standardInput: "pipe" });
  started.input?.end("x".repeat(1_000_000));
  started.output.resume();
  expect(await started.outcome).toMatchObject({ exitCode: 0 });
});

test("runs as the user that is asked for, without further groups", async () => {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: 65534, gid: 65534 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const { output } = await finish("sh", ["-c", "id -u; id -g; id -G"], { user });
  expect(output.split("\n").slice(0, 2)).toEqual([String(user.uid), String(user.gid)]);
  if (isRoot) expect(output).toBe("65534\n65534\n65534\n");
});

test("runs in the directory that is asked for", async () => {
  const directory = temporaryDirectory();
  expect((await finish("pwd", [], { directory })).output).toBe(`${directory}\n`);
});

test.each([
  ["/nonexistent/command", {}, "ENOENT"],
  ["/etc/passwd", {}, "EACCES"],
  ["true", { directory: "/nonexistent" }, "ENOENT"],
])("says why %s could not be started", async (command, options, code) => {
  const { output, outcome } = await finish(command, [], options);
  expect(output).toBe("");
  expect(outcome).toMatchObject({ exitCode: undefined, endedBy: undefined, startError: { code } });
});

test("tells a command that a signal ended", async () => {
  expect((await finish("sh", ["-c", "kill -9 $$"])).outcome).toMatchObject({
    exitCode: undefined,
    endedBy: "SIGKILL",
    timedOut: false,
  });
});

test("ends the whole process group after the timeout", async () => {
  const file = join(temporaryDirectory(), "pid");
  const { outcome } = await finish("sh", ["-c", `sleep 60 & echo $! > ${file}; wait`], { timeout: 300 });
  expect(outcome).toMatchObject({ timedOut: true, endedBy: "SIGTERM" });
  const child = Number(readFileSync(file, "utf8"));
  await expect.poll(() => isRunning(child)).toBe(false);
});

test("does not take a timeout of months for none at all", async () => {
  expect((await finish("sh", ["-c", "sleep 0.2; echo done"], { timeout: 60 * 86_400_000 })).output).toBe("done\n");
});

test("waits for a timeout that is longer than Node's timers", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const started = start("sleep", ["60"], { timeout: 2 ** 31 + 1_000 });
    started.output.resume();
    vi.advanceTimersByTime(2 ** 31);
    vi.advanceTimersByTime(1_001);
    expect(await started.outcome).toMatchObject({ timedOut: true, endedBy: "SIGTERM" });
  } finally {
    vi.useRealTimers();
  }
});

test("ends the process group when the signal aborts, also if it did before the start", async () => {
  const controller = new AbortController();
  const started = start("sleep", ["60"], { signal: controller.signal });
  started.output.resume();
  controller.abort();
  expect(await started.outcome).toMatchObject({ endedBy: "SIGTERM", timedOut: false });
  expect((await finish("sleep", ["60"], { signal: controller.signal })).outcome).toMatchObject({ endedBy: "SIGTERM" });
});

test("ends stopped processes too", async () => {
  const controller = new AbortController();
  const started = start("sh", ["-c", "echo $$; kill -STOP $$; sleep 60"], { signal: controller.signal });
  started.output.once("data", () => controller.abort());
  expect(await started.outcome).toMatchObject({ endedBy: "SIGTERM" });
});

test("leaves nothing to listen once a command has ended", async () => {
  const { signal } = new AbortController();
  const listeners = process.listenerCount("exit");
  await Promise.all(Array.from({ length: 20 }, () => finish("true", [], { signal })));
  expect(process.listenerCount("exit")).toBe(listeners);
});

test("keeps the end of a long error output, and does not wait for a reader of it", async () => {
  const { outcome } = await finish("sh", ["-c", "yes 0123456789 | head -c 40000000 >&2; echo the end >&2"]);
  expect(outcome.errorOutput).toHaveLength(64 * 1024);
  expect(outcome.errorOutput).toMatch(/0123456789\n012the end\n$|the end\n$/);
});

test("passes bytes on as they are", async () => {
  const path = join(temporaryDirectory(), "bytes");
  writeFileSync(path, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  const started = start("cat", [path]);
  const chunks: Buffer[] = [];
  for await (const chunk of started.output) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).equals(readFileSync(path))).toBe(true);
  rmSync(path);
});
