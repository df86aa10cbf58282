import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { hasErrorCode } from "../errors.ts";
import { createPipes } from "./named-pipe.ts";
import { wrap } from "./wrap.ts";

const environment = process.env;

/** Descriptors of this process that lead into a directory, also to files that have no name any more. */
function openDescriptors(directory: string): string[] {
  return readdirSync("/proc/self/fd")
    .map((descriptor) => join("/proc/self/fd", descriptor))
    .map(readLink)
    .filter((target) => target.startsWith(directory));
}

// The directory is read by a descriptor that is gone by now.
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return "";
    throw error;
  }
}

describe("wrap", () => {
  it("gives output and errors as streams, and how the command ended", async () => {
    const pipes = await createPipes(temporaryDirectory("wrap"), 2);
    const { output, error, ended } = await wrap("sh", ["-c", "echo out; echo err >&2; exit 3"], { environment, pipes });
    expect(await Promise.all([text(output), error && text(error), ended])).toEqual([
      "out\n",
      "err\n",
      { exitCode: 3, endedBy: undefined },
    ]);
  });

  it("keeps the order of both where they share a pipe that the command opens anew", async () => {
    const pipes = await createPipes(temporaryDirectory("wrap"), 1);
    const script = "echo 1; echo 2 >&2; echo 3 > /dev/stdout; echo 4 > /dev/stderr";
    const { output, error } = await wrap("sh", ["-c", script], { environment, pipes });
    expect([await text(output), error]).toEqual(["1\n2\n3\n4\n", undefined]);
  });

  it("puts the command at the head of a process group of its own", async () => {
    const { output, processId, ended } = await wrap("sleep", ["600"], { environment, pipes: [] });
    process.kill(-processId, "SIGTERM");
    expect([await text(output), await ended]).toEqual(["", { exitCode: undefined, endedBy: "SIGTERM" }]);
  });

  it.each([
    ["/no/such/command", "ENOENT"],
    ["/etc/passwd", "EACCES"],
  ])("throws the system's error for %s and leaves no descriptor open", async (command, code) => {
    const directory = temporaryDirectory("wrap");
    const pipes = await createPipes(directory, 2);
    expect(openDescriptors(directory)).toHaveLength(4);
    await expect(wrap(command, [], { environment, pipes })).rejects.toMatchObject({ code });
    expect(openDescriptors(directory)).toEqual([]);
  });
});

describe("a supervised command", () => {
  async function runSupervised(command: string, ...args: string[]) {
    const directory = temporaryDirectory("wrap");
    const pipes = await createPipes(directory, 2);
    const { output, error, ended } = await wrap(command, args, { environment, pipes, supervision: directory });
    const [out, errors, end] = await Promise.all([text(output), error && text(error), ended]);
    return { out, errors, end, descriptors: openDescriptors(directory) };
  }

  it.each([
    ["exit 0", { exitCode: 0, endedBy: undefined }],
    ["exit 143", { exitCode: 143, endedBy: undefined }],
    ["kill -TERM $$", { exitCode: undefined, endedBy: "SIGTERM" }],
    ["kill -SEGV $$", { exitCode: undefined, endedBy: "SIGSEGV" }],
    ["kill -KILL 0", { exitCode: undefined, endedBy: "SIGKILL" }],
    ["trap 'kill 0; exit 7' TERM; kill $$", { exitCode: undefined, endedBy: "SIGTERM" }],
  ])("ends by `%s` as it would without a supervisor", async (script, end) => {
    const first = await wrap("sh", ["-c", script], { environment, pipes: [] });
    const supervised = await runSupervised("sh", "-c", script);
    if (!script.includes("trap")) expect(await first.ended).toMatchObject(end);
    expect(supervised.end).toMatchObject(script.includes("trap") ? await first.ended : end);
  });

  it("passes output, errors and arguments on, and leaves no descriptor open", async () => {
    const result = await runSupervised("sh", "-c", 'echo "$@"; echo err >&2; exit 3', "sh", "a b", "", "ü");
    expect(result).toMatchObject({ out: "a b  ü\n", errors: "err\n", end: { exitCode: 3 }, descriptors: [] });
  });

  it.each([
    ["/no/such/command", "ENOENT"],
    ["/etc/passwd", "EACCES"],
    ["exit", "ENOENT"],
  ])("tells the system's error for %s, and prints nothing of its own", async (command, code) => {
    const { out, errors, end } = await runSupervised(command);
    expect([out, errors, end.startError?.code]).toEqual(["", "", code]);
  });

  it("inherits none of the supervisor's descriptors", async () => {
    const { out } = await runSupervised("sh", "-c", "ls /proc/self/fd | wc -l");
    const directory = temporaryDirectory("wrap");
    const pipes = await createPipes(directory, 2);
    const { output } = await wrap("sh", ["-c", "ls /proc/self/fd | wc -l"], { environment, pipes });
    expect(out).toBe(await text(output));
  });
});

describe("createPipes", () => {
  it("leaves no names, and no descriptor once the command has ended", async () => {
    const directory = temporaryDirectory("pipes");
    const pipes = await createPipes(directory, 1);
    expect(readdirSync(directory)).toEqual([]);
    const { output } = await wrap("true", [], { environment, pipes });
    output.resume();
    await once(output, "close");
    expect(openDescriptors(directory)).toEqual([]);
  });

  it("throws where no pipe can be made", async () => {
    await expect(createPipes("/proc/nowhere", 2)).rejects.toThrow("/proc/nowhere");
  });
});
