import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "@catapullt/core/errors";
import { silentLogger } from "@catapullt/core/log/logger";
import { installContainerRuntime, type StandIn, type StandInSettings } from "@catapullt/testkit/container-runtime";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import type { ContainerAddress, DatabaseContext } from "../engine.ts";
import type { ToolEnvironment } from "../program.ts";
import { type ContainerProgram, findInContainer } from "./find-programs.ts";
import { encodeSecret } from "./scripts.ts";

const rules: ToolEnvironment = { without: ["MYSQL_", "PG"], set: { LC_ALL: "C" } };
const container: ContainerAddress = { name: "db", runtime: "docker" };

interface Fixture {
  standIn: StandIn;
  /** A directory that the tools in the container may write to. */
  scratch: string;
  find(script: string, context?: Partial<DatabaseContext>): Promise<ContainerProgram>;
}

/** A container with one program, `tool`, which is a script of sh. */
function createContainer(
  settings: Partial<StandInSettings> = {},
  variables: Record<string, string> = {},
  shell = "/bin/sh",
): Fixture {
  const directory = temporaryDirectory("container");
  const tools = join(directory, "tools");
  mkdirSync(tools);
  symlinkSync(shell, join(tools, "sh"));
  const environment = { PATH: `${tools}:/usr/bin:/bin`, HOME: "/root", ...variables };
  const standIn = installContainerRuntime(join(directory, "runtime"), {
    runtime: "docker",
    containers: { db: { environment } },
    ...settings,
  });
  return {
    standIn,
    scratch: directory,
    async find(script, rest = {}) {
      const path = join(tools, "tool");
      writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && { echo 'tool 1.2'; exit; }\n${script}\n`);
      chmodSync(path, 0o755);
      const address = { ...container, ...(settings.runtime && { runtime: settings.runtime }) };
      const [found] = await findInContainer(address, { names: ["tool"], environment: rules }, context(standIn, rest));
      if (found === undefined) throw new Error("the tool was not found");
      return found;
    },
  };
}

function context({ path }: StandIn, rest: Partial<DatabaseContext> = {}): DatabaseContext {
  return {
    environment: { PATH: path, SECRET_OF_HOST: "h" },
    signal: new AbortController().signal,
    log: silentLogger(),
    warn: () => {},
    ...rest,
  };
}

/** Processes whose command line has this text. */
function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(text);
    } catch (error) {
      if (hasErrorCode(error, "ENOENT", "ESRCH")) return false;
      throw error;
    }
  });
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20);
}

describe.each(["/bin/dash", "/bin/bash"])("a program in a container whose sh is %s", (shell) => {
  const create = (variables: Record<string, string> = {}) => createContainer({}, variables, shell);

  test("is found with its version, whatever links lead to it", async () => {
    const { standIn, scratch, find } = create();
    const tool = await find("");
    mkdirSync(join(scratch, "releases", "9"), { recursive: true });
    symlinkSync(tool.path, join(scratch, "releases", "9", "other"));
    const found = await findInContainer(
      container,
      { names: ["other", "tool", "missing"], directories: [`${scratch}/releases/[0-9]*`], environment: rules },
      context(standIn),
    );
    expect(found).toMatchObject([
      { name: "other", path: join(scratch, "releases/9/other"), target: tool.path, answer: "tool 1.2" },
      { name: "tool", path: tool.path, target: tool.path, answer: "tool 1.2" },
    ]);
  });

  test.each([
    ["quotes and blanks", "p#a\"s's w\\ord;$ `x` $(id) %s %d \\n \\101 \t "],
    ["line breaks", "\nfirst\r\nsecond\n\n"],
    ["other letters", "ü€😀"],
    ["an option's form", "-n --help"],
    ["some length", "x".repeat(5000)],
  ])("gets a secret of %s as it is, from a private file without a name", async (_, secret) => {
    const { standIn, find } = create();
    const tool = await find('stat -L -c "%a %F %h" /dev/fd/3; cat /dev/fd/3');
    const { output, exitCode } = await tool.run([], { secretInput: secret });
    expect(output.toString()).toBe(`600 regular file 0\n${secret}`);
    expect(exitCode).toBe(0);
    const calls = JSON.stringify(standIn.calls());
    expect(calls).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(calls).not.toContain(encodeSecret(secret).replaceAll("\\", "\\\\"));
  });

  test("reads its input to the last byte, which begins after the secret", async () => {
    const { find } = create();
    const tool = await find("cat; cat /dev/fd/3");
    const input = `\\first\n\n${"line\n".repeat(50_000)}no end`;
    const { output } = await tool.run([], { input, secretInput: "secret" });
    expect(output.toString() === `${input}secret`).toBe(true);
  });

  test("has no input and no secret where it gets none", async () => {
    const { find } = create();
    const tool = await find("wc -c; [ -e /dev/fd/3 ] || echo none; [ -e /dev/fd/4 ] || echo none");
    expect((await tool.run([])).output.toString()).toBe("0\nnone\nnone\n");
  });

  test("sees the container's environment without what would lead it elsewhere, and nothing of the host's", async () => {
    const { find } = create({ MYSQL_PWD: "m", MYSQL_MULTI: "a\nPATH=b", PGHOST: "p", KEPT: "k  k" });
    const tool = await find("env");
    const lines = (await tool.run(["x"])).output.toString().split("\n");
    expect(lines).toContain("KEPT=k  k");
    expect(lines).toContain("LC_ALL=C");
    expect(lines.filter((line) => /^(MYSQL|PG|SECRET)/.test(line))).toEqual([]);
  });

  test("gives its exit code, both outputs and every argument", async () => {
    const { find } = create();
    const tool = await find('printf "<%s>" "$@"; echo "went wrong" >&2; exit 7');
    const args = ["", "a b", "$HOME", "'", '"', "\\", "-x", "ü\nz"];
    for (const input of [undefined, ""]) {
      const { output, errorOutput, exitCode } = await tool.run(args, { input });
      expect(output.toString()).toBe(args.map((arg) => `<${arg}>`).join(""));
      expect(errorOutput).toBe("went wrong\n");
      expect(exitCode).toBe(7);
    }
  });

  test("tells by which signal it was ended", async () => {
    const { find } = create();
    const tool = await find("kill -KILL $$");
    for (const input of [undefined, ""])
      expect(await tool.run([], { input })).toMatchObject({ exitCode: undefined, endedBy: "SIGKILL" });
  });

  test.each([
    ["without input", undefined],
    ["with input", "pipe"],
  ] as const)("is gone, %s, once it was given up", async (_, standardInput) => {
    const { scratch, find } = create();
    // The child of a script, and one that does not end when told.
    const tool = await find(`sh -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' ${scratch}/inner & wait`);
    const end = new AbortController();
    const child = tool.start([`${scratch}/outer`], { signal: end.signal, standardInput, secretInput: "s" });
    for await (const _chunk of child.output) end.abort();
    await child.outcome;
    expect(processesWith(`${scratch}/inner`)).toEqual([]);
    expect(processesWith(`${scratch}/outer`)).toEqual([]);
  });

  test("is gone when its time is over", async () => {
    const { scratch, find } = create();
    const tool = await find(`echo started; exec sleep 1000`);
    const outcome = await tool.run([`${scratch}/timed`], { timeout: 500 });
    expect(outcome.timedOut).toBe(true);
    expect(processesWith(`${scratch}/timed`)).toEqual([]);
  });

  test("ends by itself when whoever started it was killed", async () => {
    const { standIn, scratch, find } = create();
    const tool = await find(`echo $$ >${scratch}/pid; while :; do echo data; sleep 0.1; done`);
    const child = tool.start([`${scratch}/orphan`]);
    child.output.resume();
    await waitUntil(() => existsSync(`${scratch}/pid`));
    standIn.change({ daemon: "down" }); // nobody can end it from outside
    for (const id of processesWith("container-program.ts").filter((pid) =>
      processesWith(`${scratch}/orphan`).includes(pid),
    ))
      process.kill(Number(id), "SIGKILL");
    await child.outcome;
    await waitUntil(() => processesWith(`${scratch}/orphan`).length === 0);
    expect(processesWith(`${scratch}/orphan`)).toEqual([]);
  });
});

describe("a container that cannot be entered", () => {
  const denied = /this user may not use docker \(docker exec: exit code 1: permission denied while trying/;
  test.each<[string, Partial<StandInSettings>, string, RegExp, RegExp]>([
    [
      "a daemon that is down",
      { daemon: "down" },
      "database-unreachable",
      /docker itself does not answer/,
      /systemctl start docker/,
    ],
    ["a daemon's socket that is closed to this user", { daemon: "denied" }, "database-unreachable", denied, /root/],
    ["no such container", { containers: {} }, "database-unreachable", /docker has no container db/, /docker ps --all/],
    [
      "no such container of podman's",
      { containers: {}, runtime: "podman" },
      "database-unreachable",
      /podman has no container db/,
      /as the user who/,
    ],
    [
      "one that does not run",
      inState("exited"),
      "database-unreachable",
      /container db does not run/,
      /docker start db/,
    ],
    [
      "one of podman's that does not run",
      { ...inState("exited"), runtime: "podman" },
      "database-unreachable",
      /container db does not run/,
      /podman start db/,
    ],
    ["one that is paused", inState("paused"), "database-unreachable", /container db is paused/, /docker unpause db/],
    ["one that starts again and again", inState("restarting"), "database-unreachable", /over and over/, /docker logs/],
    ["one without a shell", inState("without-shell"), "tool-missing", /container db has no shell/, /publish/],
  ])("is %s", async (_, settings, code, message, hint) => {
    await expect(createContainer(settings).find("")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test("is one whose runtime is not installed", async () => {
    const { standIn } = createContainer();
    const search = { names: ["tool"], environment: rules };
    await expect(findInContainer({ name: "db", runtime: "podman" }, search, context(standIn))).rejects.toMatchObject({
      code: "tool-missing",
      message: "podman is not on PATH, by which container db is entered",
    });
  });
});

function inState(state: "exited" | "paused" | "restarting" | "without-shell"): Partial<StandInSettings> {
  return { containers: { db: { state, environment: { PATH: "/usr/bin:/bin" } } } };
}
