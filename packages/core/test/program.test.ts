import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { isRunning } from "./is-running.ts";

const module = (path: string) => JSON.stringify(new URL(`../${path}`, import.meta.url).href);

/** A program of its own, with one command for each way to end. */
const source = `
import { runProgram } from ${module("cli/program.ts")};
import { OperationError } from ${module("errors.ts")};
import { rememberSecret } from ${module("log/redaction.ts")};
import { start } from ${module("process/start.ts")};

const wait = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
const commands = {
  result: async () => ({ text: "for people\\n", json: { bytes: 12345678 }, exitCode: 0 }),
  findings: async () => ({ text: "", json: [], exitCode: 1 }),
  log: async ({ log }) => { for (const level of ["error", "warn", "info", "debug"]) log[level]("a line"); return { text: "", json: null }; },
  fail: async () => { throw new OperationError("locked", "another run holds it", { hint: "wait" }); },
  bug: async () => { rememberSecret("planted-secret"); throw new TypeError("planted-secret"); },
  later: async () => { rememberSecret("planted-secret"); setTimeout(() => { throw new Error("planted-secret"); }, 1); await new Promise(() => setTimeout(() => {}, 5000)); },
  floating: async () => { rememberSecret("planted-secret"); Promise.reject(new Error("planted-secret")); await new Promise(() => setTimeout(() => {}, 5000)); },
  secret: async ({ log }) => { rememberSecret("5678"); log.warn("pass 5678"); return { text: "a 5678\\n", json: { bytes: 12345678, text: "5678" } }; },
  wait: async ({ log, signal }) => {
    const timer = setInterval(() => {}, 1000);
    log.info("waiting");
    await wait(signal).finally(() => clearInterval(timer));
  },
  stubborn: async ({ log }) => { setInterval(() => {}, 1000); log.info("waiting"); await new Promise(() => {}); },
  child: async ({ log }) => {
    const child = start("sh", ["-c", "trap '' TERM; echo $$; while :; do sleep 1; done"]);
    child.output.once("data", (text) => log.info("waiting " + text));
    await new Promise(() => {});
  },
  config: async ({ configFile }) => ({ text: String(configFile) + "\\n", json: configFile }),
};
process.exitCode = await runProgram({
  name: "tool",
  description: "does things",
  version: "1.2.3",
  examples: ["tool result --json"],
  register(program, handle) {
    for (const [name, handler] of Object.entries(commands)) program.command(name).action(handle(handler));
    program.command("group").command("inner").action(handle(commands.result));
  },
}, process.argv.slice(2));
`;

function writeProgram(): string {
  const path = join(temporaryDirectory(), "tool.mjs");
  writeFileSync(path, source);
  return path;
}

function tool(args: readonly string[], options: object = {}) {
  return execa(process.execPath, [writeProgram(), ...args], {
    reject: false,
    stripFinalNewline: false,
    forceKillAfterDelay: false,
    ...options,
  }) as unknown as Promise<Finished> & {
    pid: number;
    stderr: NodeJS.ReadableStream;
    kill: (signal: NodeJS.Signals) => void;
  };
}

interface Finished {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

const time = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm;
const run = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await tool(args);
  return { exitCode, stdout, stderr: stderr.replace(time, "") };
};

test("prints a result on standard output, as text or as JSON, and nothing else anywhere", async () => {
  expect(await run("result")).toEqual({ exitCode: 0, stdout: "for people\n", stderr: "" });
  expect(await run("--json", "result")).toEqual({ exitCode: 0, stdout: '{\n  "bytes": 12345678\n}\n', stderr: "" });
  expect(await run("findings")).toEqual({ exitCode: 1, stdout: "", stderr: "" });
});

test("takes its own options before and after the command", async () => {
  expect((await run("result", "--json")).stdout).toBe('{\n  "bytes": 12345678\n}\n');
  expect((await run("-c", "/x", "config")).stdout).toBe("/x\n");
  expect((await run("config", "--config", "/y")).stdout).toBe("/y\n");
  expect((await run("config")).stdout).toBe("undefined\n");
});

test.each([
  [[], 3],
  [["-q"], 2],
  [["-v"], 4],
])("logs as much as is asked for: %j", async (options, lines) => {
  const { stderr } = await run("log", ...options);
  expect(stderr.split("\n")).toHaveLength(lines + 1);
});

test("logs JSON where that is asked for", async () => {
  const { stderr } = await run("log", "--log-format", "json");
  const records = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(records.map(({ level, msg }) => [level, msg])).toEqual([
    [50, "a line"],
    [40, "a line"],
    [30, "a line"],
  ]);
});

test("has colours only where somebody asks for them when nobody is looking", async () => {
  expect((await run("log")).stderr).not.toContain("\u001b");
  expect((await run("log", "--log-format", "pretty")).stderr).toContain("\u001b[");
});

describe("ends", () => {
  test("a failure with its code's exit code, message and hint", async () => {
    expect(await run("fail")).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: "ERROR another run holds it code=locked\n    wait\n",
    });
  });

  test.each([
    [["nope"], "unknown command 'nope'"],
    [["resul"], "(Did you mean result?)"],
    [["--nope", "result"], "unknown option '--nope'"],
    [["result", "extra"], "too many arguments"],
    [["--log-format", "x", "result"], "Allowed choices are pretty, plain, json"],
    [["-c"], "argument missing"],
    [[], "no command is given"],
    [["group"], "no command is given"],
  ])("bad usage with 2: %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/see --help\n$/);
  });

  test.each(["bug", "later", "floating"])("a bug with 1 and its stack, secrets masked: %s", async (name) => {
    const { exitCode, stderr } = await run(name);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR this is a bug, please report it: (Type)?Error: \*{8}\n +at /);
    expect(stderr).not.toContain("planted-secret");
  });

  test("help and version with 0", async () => {
    expect(await run("--help")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Usage: tool [options]"),
      stderr: "",
    });
    expect((await run("--help")).stdout).toMatch(/\n\nExamples:\n {2}tool result --json\n$/);
    expect(await run("-V")).toEqual({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("%s with %d", async (signal, exitCode) => {
    const program = tool(["wait"]);
    program.stderr.once("data", () => program.kill(signal));
    const result = await program;
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(`ERROR ended by ${signal}\n`);
  });

  test("at once on a second signal", async () => {
    const program = tool(["stubborn"]);
    program.stderr.once("data", () => {
      program.kill("SIGTERM");
      program.kill("SIGINT");
    });
    expect([130, 143]).toContain((await program).exitCode);
  });

  test("with its children, also those that do not listen", async () => {
    const program = tool(["child"]);
    let child = 0;
    program.stderr.once("data", (text) => {
      child = Number(/waiting (\d+)/.exec(String(text))?.[1]);
      program.kill("SIGTERM");
      program.kill("SIGINT");
    });
    await program;
    await expect.poll(() => isRunning(child)).toBe(false);
  });
});

test("masks secrets in results, and keeps figures and JSON whole", async () => {
  expect(await run("secret")).toMatchObject({ stdout: "a ********\n", stderr: "WARN  pass ********\n" });
  expect(JSON.parse((await run("secret", "--json")).stdout)).toEqual({ bytes: 12_345_678, text: "********" });
});

test("fails where standard output cannot be written", async () => {
  const full = openSync("/dev/full", "w");
  try {
    const { exitCode, stderr } = await tool(["result"], { stdout: full });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("standard output cannot be written: ENOSPC");
  } finally {
    closeSync(full);
  }
});

test("does not fail where nobody reads to the end", async () => {
  const { exitCode, stdout } = await execa("sh", [
    "-c",
    `"$0" "$1" result | true; echo done`,
    process.execPath,
    writeProgram(),
  ]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "done" });
});
